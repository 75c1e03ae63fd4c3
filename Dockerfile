# Tutti's parts in one image: "api", "worker --role engine", "worker --role workspace". Tests of a repository run with
# what is installed here: derive an image of your own from this one for more than Node.
FROM node:22.21.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22.21.1-bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git openssh-client util-linux \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir --parents /var/lib/tutti /repositories \
  && chown node:node /var/lib/tutti /repositories
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
ENV NODE_ENV=production TUTTI_HOME=/var/lib/tutti
USER node
VOLUME /var/lib/tutti
EXPOSE 8700
ENTRYPOINT ["node", "/app/dist/src/cli/main.js"]
CMD ["--help"]

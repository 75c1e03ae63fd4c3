// Keeps one core busy until it is killed, or its parent is gone.
const parent = process.ppid;
while (process.ppid === parent) for (let turn = 0; turn < 1e8; turn++);

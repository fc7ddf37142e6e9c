import { connect } from 'node:net';

// Opens `count` connections to a port from several addresses of this machine, sends each the beginning of a request and no more,
// and ends when all of them were closed by the other side.
const [port = '', count = ''] = process.argv.slice(2);
const addresses = 8;
let connected = 0;
let closed = 0;

for (let at = 0; at < Number(count); at++) {
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: `127.0.1.${1 + (at % addresses)}` });
  socket.once('connect', () => {
    socket.write('GET /v2/ HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    connected++;
    if (connected === Number(count)) process.stdout.write('connected\n');
  });
  socket.on('error', () => undefined);
  socket.resume();
  socket.once('close', () => {
    closed++;
    if (closed === Number(count)) process.stdout.write('closed\n');
  });
}

import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { closeServer, createServer, listen } from '../../fakes/listening.ts';
import { type HarborWorld, startHarbor } from '../../fakes/vendors/harbor.ts';
import type { WatchedDock } from './stage.ts';

/** A Harbor: its API in front of a dock that takes pushes into projects which are there, until the end of the test. */
export async function harborOver(target: WatchedDock) {
  const world: HarborWorld = { projects: {} };
  const api = await startHarbor(world);
  onTestFinished(() => api.close());
  const server = createServer(undefined, (question, answer) => {
    const [, version, project = ''] = (question.url ?? '').split('/');
    if (version !== 'v2') return pass(question, answer, api.url);
    const isWrite = question.method !== 'GET' && question.method !== 'HEAD';
    if (!isWrite || Object.hasOwn(world.projects, project)) return pass(question, answer, target.url);
    question.resume();
    answer.writeHead(404, { 'content-type': 'application/json' });
    answer.end(JSON.stringify({ errors: [{ code: 'NOT_FOUND', message: `project ${project} not found` }] }));
  });
  const port = await listen(server);
  onTestFinished(() => closeServer(server));
  return { host: `127.0.0.1:${port}`, world, target };
}

function pass(question: IncomingMessage, answer: ServerResponse, to: string): void {
  const { method = 'GET', headers } = question;
  const passed = request(new URL(question.url ?? '/', to), { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 500, response.headers);
    response.pipe(answer);
  });
  question.pipe(passed);
}

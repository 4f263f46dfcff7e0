import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import type { BenchCameras } from './cameras.ts';
import type { Design } from './design.ts';

const hlsFile = fileURLToPath(import.meta.resolve('hls.js/dist/hls.min.js'));

/** Segments in a playlist of ffmpeg's default length (hls_list_size). */
const fullPlaylist = 5;

const page = (names: readonly string[]) => `<!doctype html><meta charset="utf-8"><title>Design A</title>
<style>body{margin:0;background:#000;display:grid;grid-template-columns:repeat(${Math.ceil(Math.sqrt(names.length))},1fr);height:100vh}video{width:100%;height:100%;object-fit:contain;min-height:0}</style>
${names.map((name, tile) => `<div data-tile="${tile}" style="min-height:0"><video muted autoplay playsinline data-name="${name}"></video></div>`).join('')}
<script src="/hls.min.js"></script>
<script>for (const video of document.querySelectorAll('video')) { const hls = new Hls(); hls.loadSource('/live/' + video.dataset.name + '/index.m3u8'); hls.attachMedia(video); hls.on(Hls.Events.MANIFEST_PARSED, () => video.play()); }</script>`;

/**
 * What one would build today: ffmpeg's own HLS muxer with its defaults writing files, a static file server, hls.js with
 * its defaults. The yardstick that the wall is measured against in the same run.
 */
export async function startDesignA(cameras: BenchCameras): Promise<Design> {
  const dir = mkdtempSync(path.join(cameras.dir, 'hls-'));
  const children: ChildProcess[] = cameras.names.map((name) => {
    mkdirSync(path.join(dir, name), { recursive: true });
    const input = ['-rtsp_transport', 'tcp', '-i', cameras.farm.url(name)];
    const output = [
      '-an',
      '-c:v',
      'copy',
      '-f',
      'hls',
      '-hls_flags',
      'delete_segments',
      path.join(dir, name, 'index.m3u8'),
    ];
    return spawn('ffmpeg', ['-nostdin', '-v', 'error', ...input, ...output], { stdio: 'ignore' });
  });
  const app = express();
  app.get('/', (_request, response) => void response.type('html').send(page(cameras.names)));
  app.get('/hls.min.js', (_request, response) => response.sendFile(hlsFile));
  app.use('/live', express.static(dir, { etag: false, cacheControl: false }));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const playlists = cameras.names.map((name) => path.join(dir, name, 'index.m3u8'));
  // As in daily running: full playlists, so that hls.js starts where it means to.
  const isFull = (file: string) =>
    existsSync(file) && readFileSync(file, 'utf8').split('#EXTINF').length > fullPlaylist;
  while (!playlists.every(isFull)) await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    name: 'A: ffmpeg HLS muxer, static files, hls.js defaults',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    roots: [process.pid, ...children.map(({ pid }) => pid ?? 0)],
    enter: () => Promise.resolve(),
    async close() {
      for (const child of children) child.kill('SIGKILL');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

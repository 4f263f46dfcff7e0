#!/usr/bin/python3
"""A small farm of RTSP cameras for tests and measurements, on the GStreamer RTSP server.

Each clip is taken apart once into encoded frames, which every mount replays in real time, for ever, with
continuous timestamps: nothing is decoded or encoded. A mount behaves as a camera does: its loop runs on from the
start of the farm, so a viewer joins wherever it happens to be, not at the first frame.

The first line on stdin is the configuration (a password in the argument list would be seen by everybody):
  {"mounts": {"cam1": "/clips/a.mp4"}, "sounds": {"cam1": "pcmu" | "pcma" | "aac" | "opus"},
   "host": "127.0.0.1", "port": 0, "transport": "tcp" | "udp" | "any",
   "auth": {"method": "basic" | "digest", "user": "u", "password": "p"} | null}
It answers on stdout, one line each:
  T0 {"mount": "cam1", "unixMs": ..., "loopMs": ...}    frame 0 of the loop left at unixMs + n * loopMs
  READY {"port": 8554}
Further lines on stdin steer it:
  {"stall": "cam1"}   sends no frames, keeps its connections    {"resume": "cam1"}   sends again
  {"kick": "cam1"}    drops the viewers of one mount            {"kick": null}       drops everybody
A mount with a sound hums a tone of 440 Hz beside its pictures. It ends when stdin ends. Needs: python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-{base,good,bad}.
"""
import json
import sys
import time

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstApp', '1.0')
gi.require_version('GstRtsp', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402, F401

# What can be served: caps name of the video -> (how it is stored, how it is sent). H.264 and H.265 are stored with
# their parameter sets in the caps, so that a viewer may join between two key frames.
KINDS = {
    'video/x-h264': ('h264parse ! video/x-h264,stream-format=avc,alignment=au',
                     'rtph264pay config-interval=-1 aggregate-mode=zero-latency'),
    'video/x-h265': ('h265parse ! video/x-h265,stream-format=hvc1,alignment=au',
                     'rtph265pay config-interval=-1 aggregate-mode=zero-latency'),
    'image/jpeg': ('jpegparse', 'rtpjpegpay'),
}
# How a tone is encoded and sent, as cameras do: G.711 at 8 kHz, or at 48 kHz.
SOUNDS = {
    'pcmu': 'audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0',
    'pcma': 'audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8',
    'aac': 'audio/x-raw,rate=48000,channels=1 ! voaacenc ! aacparse ! rtpmp4gpay name=pay1 pt=97',
    'opus': 'audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay name=pay1 pt=97',
}
LOAD_TIMEOUT_S = 60
MS = Gst.MSECOND
# Flags, timestamps, metadata, memory: the name ALL is not there from Python.
COPY_ALL = Gst.BufferCopyFlags(15)


def say(word, **fields):
    print(word, json.dumps(fields), flush=True)


def fail(message):
    sys.exit('rtsp-farm: ' + message)


def refuse_seeking(_pad, info):
    """A tone could be wound back, a camera cannot: the server would try to, and fail at the pictures."""
    seeking = info.get_query().type == Gst.QueryType.SEEKING
    return Gst.PadProbeReturn.DROP if seeking else Gst.PadProbeReturn.OK


class Clip:
    """The encoded video frames of a file: `frames` is a list of (due_ns, presented_ns, Gst.Buffer)."""

    def __init__(self, path):
        self.frames, self.kind, self.caps = [], None, None
        pipeline = Gst.parse_launch('filesrc name=file ! parsebin name=parse')
        pipeline.get_by_name('file').set_property('location', path)
        pipeline.get_by_name('parse').connect('pad-added', self._take_pad, pipeline)
        pipeline.set_state(Gst.State.PLAYING)
        message = pipeline.get_bus().timed_pop_filtered(
            LOAD_TIMEOUT_S * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        pipeline.set_state(Gst.State.NULL)
        if message is None or message.type == Gst.MessageType.ERROR or not self.frames:
            fail('%s has no video that can be served' % path)
        first = self.frames[0][0]
        self.frames = [(due - first, max(0, shown - first), data) for due, shown, data in self.frames]
        count = len(self.frames)
        self.loop_ns = round(self.frames[-1][0] * count / max(1, count - 1)) or 40 * MS

    def _take_pad(self, _parse, pad, pipeline):
        name = (pad.get_current_caps() or pad.query_caps(None)).get_structure(0).get_name()
        if self.kind is None and name in KINDS:
            self.kind = name
            tail = Gst.parse_bin_from_description(
                KINDS[name][0] + ' ! appsink name=frames sync=false emit-signals=true', True)
            tail.get_by_name('frames').connect('new-sample', self._take_frame)
        else:
            tail = Gst.ElementFactory.make('fakesink')
        pipeline.add(tail)
        tail.sync_state_with_parent()
        pad.link(tail.get_static_pad('sink'))

    def _take_frame(self, sink):
        sample = sink.emit('pull-sample')
        buffer, self.caps = sample.get_buffer(), sample.get_caps()
        shown = buffer.pts
        due = shown if buffer.dts == Gst.CLOCK_TIME_NONE else buffer.dts
        self.frames.append((due, shown, buffer.copy_deep()))
        return Gst.FlowReturn.OK

    def launch(self, sound):
        hum = '' if sound is None else 'audiotestsrc name=tone is-live=true freq=440 volume=0.5 ! ' + SOUNDS[sound]
        return ('( appsrc name=camera is-live=true format=time max-bytes=0 ! %s name=pay0 pt=96 %s )'
                % (KINDS[self.kind][1], hum))


class Mount(GstRtspServer.RTSPMediaFactory):
    """One camera: its clip, and when its loop began."""

    def __init__(self, name, clip, sound, protocols):
        super().__init__()
        self.name, self.clip, self.sound, self.stalled = name, clip, sound, False
        self.t0_ns = time.monotonic_ns()
        # Of two streams each viewer may take one: what one leaves out is none of the other's affair.
        self.set_shared(sound is None)
        self.set_latency(0)
        if protocols is not None:
            self.set_protocols(protocols)
        say('T0', mount=name, unixMs=round(time.time() * 1000), loopMs=clip.loop_ns / MS)

    def do_create_element(self, _url):
        element = Gst.parse_launch(self.clip.launch(self.sound))
        element.get_by_name('camera').set_property('caps', self.clip.caps)
        tone = element.get_by_name('tone')
        if tone is not None:
            tone.get_static_pad('src').add_probe(Gst.PadProbeType.QUERY_UPSTREAM, refuse_seeking)
        return element

    def do_configure(self, media):
        # The parent's part sets what the factory was told: shared, transports, latency.
        GstRtspServer.RTSPMediaFactory.do_configure(self, media)
        feed = Feed(self, media.get_element().get_by_name('camera'))
        media.connect('unprepared', feed.stop)


class Feed:
    """Pushes a mount's frames into one running pipeline when they are due."""

    def __init__(self, mount, source):
        self.mount, self.source, self.offset_ns = mount, source, None
        elapsed = time.monotonic_ns() - mount.t0_ns
        self.loop, into = divmod(elapsed, mount.clip.loop_ns)
        self.index = next((i for i, f in enumerate(mount.clip.frames) if f[0] >= into), None)
        if self.index is None:
            self.loop, self.index = self.loop + 1, 0
        self.tick()

    def stop(self, *_):
        self.source = None

    def tick(self):
        if self.source is None:
            return False
        clock = self.source.get_clock()
        if clock is None or self.source.get_state(0)[1] != Gst.State.PLAYING:
            GLib.timeout_add(10, self.tick)
            return False
        elapsed = time.monotonic_ns() - self.mount.t0_ns
        if self.offset_ns is None:
            # Pipeline time of the loop's frame 0: frames then carry the pipeline time at which they are due.
            self.offset_ns = clock.get_time() - self.source.get_base_time() - elapsed
        clip = self.mount.clip
        while True:
            due, shown, data = clip.frames[self.index]
            start = self.loop * clip.loop_ns
            if start + due > elapsed:
                break
            if not self.mount.stalled:
                frame = data.copy_region(COPY_ALL, 0, data.get_size())
                frame.pts = max(0, start + shown + self.offset_ns)
                frame.dts = max(0, start + due + self.offset_ns)
                self.source.emit('push-buffer', frame)
            self.index += 1
            if self.index == len(clip.frames):
                self.loop, self.index = self.loop + 1, 0
        GLib.timeout_add(max(1, (start + due - elapsed) // MS), self.tick)
        return False


class Farm:
    def __init__(self, config):
        self.server = GstRtspServer.RTSPServer()
        self.server.set_address(config.get('host', '127.0.0.1'))
        self.server.set_service(str(config.get('port', 0)))
        self.watching = {}  # client -> paths it plays
        self.server.connect('client-connected', self._on_client)
        transport = config.get('transport', 'any')
        protocols = {'tcp': GstRtsp.RTSPLowerTrans.TCP, 'udp': GstRtsp.RTSPLowerTrans.UDP}.get(transport)
        auth = config.get('auth')
        if auth:
            self._require_login(auth)
        clips = {path: Clip(path) for path in set(config['mounts'].values())}
        self.mounts = {}
        for name, path in config['mounts'].items():
            sound = config.get('sounds', {}).get(name)
            mount = self.mounts[name] = Mount(name, clips[path], sound, protocols)
            if auth:
                permissions = GstRtspServer.RTSPPermissions()
                for what in ('media.factory.access', 'media.factory.construct'):
                    permissions.add_permission_for_role('viewer', what, True)
                mount.set_permissions(permissions)
            self.server.get_mount_points().add_factory('/' + name, mount)
        if not self.server.attach(None):
            fail('cannot listen on port %s; is it in use?' % config.get('port', 0))
        GLib.timeout_add_seconds(2, self._forget_dead_sessions)
        say('READY', port=self.server.get_bound_port())

    def _require_login(self, login):
        auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
        token.set_string('media.factory.role', 'viewer')
        if login['method'] == 'digest':
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(login['user'], login['password'], token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(login['user'], login['password']), token)
        self.server.set_auth(auth)

    def _on_client(self, _server, client):
        self.watching[client] = set()
        client.connect('play-request', lambda c, context: self.watching[c].add(context.uri.abspath))
        client.connect('closed', lambda c: self.watching.pop(c, None))

    def _forget_dead_sessions(self):
        self.server.get_session_pool().cleanup()
        return True

    def obey(self, order):
        for verb, name in order.items():
            if verb == 'kick':
                for client, paths in list(self.watching.items()):
                    if name is None or any(path.strip('/').split('/')[0] == name for path in paths):
                        client.close()
            elif verb in ('stall', 'resume') and name in self.mounts:
                self.mounts[name].stalled = verb == 'stall'
            else:
                print('rtsp-farm: cannot obey', json.dumps(order), file=sys.stderr, flush=True)


def main():
    Gst.init(None)
    # One reader for all of stdin: a second one would miss what the first has read ahead.
    stdin = GLib.IOChannel.unix_new(sys.stdin.fileno())
    farm = Farm(json.loads(stdin.readline()))
    loop = GLib.MainLoop()

    def on_stdin(channel, _condition):
        line = channel.readline()
        if not line:
            loop.quit()
            return False
        if line.strip():
            farm.obey(json.loads(line))
        return True
    GLib.io_add_watch(stdin, GLib.PRIORITY_HIGH, GLib.IOCondition.IN | GLib.IOCondition.HUP, on_stdin)
    loop.run()


if __name__ == '__main__':
    main()

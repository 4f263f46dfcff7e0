#!/usr/bin/python3
"""Plays an HLS address with one of GStreamer's HLS clients and writes every decoded picture to stdout, as RGBA.

Arguments: hlsdemux (the one that playbin has had for years) or hlsdemux2 (the one of playbin3), and the address.
What GStreamer warns of and what it ends with goes to stderr, one line each. It runs until it is ended.
Needs: python3-gi gir1.2-gstreamer-1.0 gstreamer1.0-plugins-{base,good,bad}.
"""
import sys

import gi

gi.require_version('Gst', '1.0')
from gi.repository import GLib, Gst  # noqa: E402

CLIENTS = {'hlsdemux': 'uridecodebin', 'hlsdemux2': 'uridecodebin3'}


def main(client, address):
    Gst.init(None)
    for name in CLIENTS:
        feature = Gst.Registry.get().lookup_feature(name)
        feature.set_rank(Gst.Rank.PRIMARY + 100 if name == client else Gst.Rank.NONE)
    pipeline = Gst.parse_launch(
        '%s name=player videoconvert name=pictures ! video/x-raw,format=RGBA ! fdsink fd=1 sync=false'
        % CLIENTS[client])
    player, pictures = pipeline.get_by_name('player'), pipeline.get_by_name('pictures').get_static_pad('sink')
    player.set_property('uri', address)
    used = set()

    def take(_player, pad):
        # A client may go on with another pad.
        if pictures.is_linked():
            pictures.get_peer().unlink(pictures)
        pad.link(pictures)

    def note(_bin, _inside, element):
        if element.get_factory():
            used.add(element.get_factory().get_name())

    player.connect('pad-added', take)
    pipeline.connect('deep-element-added', note)
    loop = GLib.MainLoop()
    code = [0]

    def hear(_bus, message):
        if message.type == Gst.MessageType.WARNING:
            print('warning:', message.parse_warning()[0].message, file=sys.stderr, flush=True)
        elif message.type in (Gst.MessageType.ERROR, Gst.MessageType.EOS):
            error = message.parse_error() if message.type == Gst.MessageType.ERROR else None
            print('ended:', '%s (%s)' % (error[0].message, error[1]) if error else 'end of stream', file=sys.stderr)
            code[0] = 1
            loop.quit()
        elif message.type == Gst.MessageType.STATE_CHANGED and message.src == pipeline:
            if message.parse_state_changed()[1] == Gst.State.PLAYING and client not in used:
                print('ended: played without', client, file=sys.stderr)
                code[0] = 1
                loop.quit()

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect('message', hear)
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    pipeline.set_state(Gst.State.NULL)
    sys.exit(code[0])


main(*sys.argv[1:])

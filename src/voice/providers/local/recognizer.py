"""Long-lived speech recogniser: one decoder, one utterance at a time, fed while the caller speaks.

Run as `python3 recognizer.py SITE_PACKAGES`. Ends when stdin closes, so it cannot outlive the process that started it.

In, on stdin, messages of: 1 byte type, 4 bytes length of the body (little-endian), the body.
  B  begin an utterance   body: its id, 4 bytes, little-endian; drops one that was not finished
  A  audio                body: PCM16 little-endian mono 16 kHz, any length
  F  finish               answers
  C  cancel               answers nothing; frees the decoder for the next
Out, on stdout, one JSON object per line:
  {"ready": true}         once, when the model is loaded (0.3 to 0.5 s)
  {"id": 7, "partial": "…"}  after an A that changed the words so far; they are a first pass and may change again
  {"id": 7, "text": "…"}  after F; "" when nothing was recognised
"""

import json
import signal
import struct
import sys

HEADER = struct.Struct("<cI")
# What the voice and the line sound like on average, from which the decoder adapts to each caller. Set anew for every
# utterance, so that no caller changes how the next one is heard. Measured over 60 sentences of two machine voices; against
# the decoder's own starting point (40,3,-1,0,...) it took the words heard wrong in 120 sentences of callers (names, spelling
# and addresses included) from 34 to 29 in a hundred for the voice slt, from 25 to 17 for rms.
USUAL_SOUND = "52.6,2.0,12.2,18.7,4.0,1.3,5.1,-5.2,-4.1,-1.9,7.6,4.1,5.3"


def answer(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Utterance:
    """Begins the decoder with the first audio: it fails on an utterance that has none."""

    def __init__(self, decoder, utterance_id):
        self.decoder = decoder
        self.id = utterance_id
        self.begun = False
        self.partial = ""

    def hear(self, audio):
        """Returns the words so far when this audio changed them (0.02 ms to ask, beside 2 ms to decode), else None."""
        if not self.begun:
            self.decoder.set_cmn(USUAL_SOUND)
            self.decoder.start_utt()
            self.begun = True
        self.decoder.process_raw(audio)
        best = self.decoder.hyp()
        before, self.partial = self.partial, best.hypstr if best else ""
        return self.partial if self.partial != before else None

    def end(self):
        """Returns the words. Two more passes run here, over the words found so far (0.1 s)."""
        if not self.begun:
            return ""
        self.begun = False
        self.decoder.end_utt()
        best = self.decoder.hyp()
        return best.hypstr if best else ""


def serve(decoder, stdin):
    utterance = None
    while True:
        header = stdin.read(HEADER.size)
        if len(header) < HEADER.size:
            return
        kind, length = HEADER.unpack(header)
        body = stdin.read(length)
        if len(body) < length:
            return
        if kind in b"BC" and utterance:
            utterance.end()
            utterance = None
        if kind == b"B":
            utterance = Utterance(decoder, struct.unpack("<I", body)[0])
        elif kind == b"A" and utterance:
            partial = utterance.hear(body)
            if partial is not None:
                answer({"id": utterance.id, "partial": partial})
        elif kind == b"F" and utterance:
            answer({"id": utterance.id, "text": utterance.end()})
            utterance = None


def main():
    # Ctrl-C reaches the whole terminal; whoever started us decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path.insert(0, sys.argv[1])
    from pocketsphinx import Decoder

    # Only fatal errors are logged: the log of the decoder names what it heard.
    decoder = Decoder(samprate=16000, loglevel="FATAL")
    answer({"ready": True})
    serve(decoder, sys.stdin.buffer)


main()

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Direction;
import dev.tapedeck.format.LossEvent;
import dev.tapedeck.format.StreamEnds;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamId;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsSessionId;
import dev.tapedeck.recorder.cli.RecorderRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ring that is far too small: what is lost is said, to the byte, and what is not is right. */
@BpfTest
final class RingOverloadIT {
  private static final int BODY_BYTES = 300_000;
  private static final int REQUESTS = 499;

  @TempDir Path folder;

  @Test
  void record_tinyRingUnderFullLoad_accountsForEveryByte() throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    byte[] body = new byte[BODY_BYTES];
    new Random(7).nextBytes(body);
    Files.write(root.resolve("body"), body);
    Path capture = folder.resolve("capture.tape");
    try (TestServers.Server server = TestServers.nginx(folder, root);
        RecorderRun run =
            RecorderRun.start(
                "record",
                "-o",
                capture.toString(),
                "--ring-size",
                "64KiB",
                "--tree",
                "--pid",
                Integer.toString(server.pid()),
                "--sources",
                "tls",
                "--stats-format",
                "json")) {
      assertThat(
              TestServers.run(
                  folder,
                  "curl",
                  "-sk",
                  "--parallel",
                  "--parallel-max",
                  "7",
                  "-o",
                  "/dev/null",
                  "https://127.0.0.1:" + server.port() + "/body?[1-" + REQUESTS + "]"))
          .isZero();
      server.awaitIdle();
      RecorderRun.Result result = run.stop();
      assertThat(result.exitCode()).as(result.errors()).isZero();

      CapturedStreams streams = CapturedStreams.read(capture);
      long produced = 0;
      long received = 0;
      for (String line : Files.readAllLines(folder.resolve("access.log"))) {
        String[] fields = line.split(" ", -1);
        received += Long.parseLong(fields[1]);
        produced += Long.parseLong(fields[2]);
      }
      assertThat(produced).isGreaterThan((long) REQUESTS * BODY_BYTES);
      long lost = checkStreams(streams, Direction.EGRESS, produced);
      long lostIn = checkStreams(streams, Direction.INGRESS, received);
      assertThat(lost).as("the ring was meant to be too small").isPositive();
      assertThat(sumOfLosses(streams)).isEqualTo(lost + lostIn);
      assertThat(result.lastErrorLine()).contains("\"lost_bytes\":" + (lost + lostIn));
      checkContent(streams, body);
    }
  }

  /** Checks that captured and lost is what was produced, and returns what was lost. */
  private static long checkStreams(CapturedStreams streams, Direction direction, long produced) {
    long ended = 0;
    long lost = 0;
    assertThat(streams.streams("nginx", direction, true))
        .extracting(StreamId::owner)
        .isSubsetOf(streams.ended());
    for (StreamOwner owner : streams.ended()) {
      // Of a session whose every call found no room there is nothing but its end.
      if (!(owner instanceof TlsSessionId)) {
        continue;
      }
      StreamId id = new StreamId(owner, direction);
      StreamEnds end = streams.end(owner);
      long endLost = end.lostBytes(direction);
      assertThat(end.skippedBytes(direction)).as("left out on purpose of " + id).isZero();
      assertThat(streams.capturedBytes(id) + endLost).isEqualTo(end.position(direction));
      ended += end.position(direction);
      lost += endLost;
    }
    assertThat(ended).isEqualTo(produced);
    return lost;
  }

  private static long sumOfLosses(CapturedStreams streams) {
    return streams.losses().stream()
        .filter(loss -> loss.cause() == LossEvent.Cause.RING_FULL)
        .mapToLong(LossEvent::lostBytes)
        .sum();
  }

  /** Each answer is a head of the same length and the body: the position tells each byte. */
  private static void checkContent(CapturedStreams streams, byte[] body) {
    List<StreamId> out = streams.streams("nginx", Direction.EGRESS, true);
    int headBytes = headBytes(streams, out);
    int answerBytes = headBytes + body.length;
    long checked = 0;
    for (StreamId id : out) {
      for (StreamEvent.Data part : streams.parts(id)) {
        byte[] bytes = part.payload().toArray();
        for (int i = 0; i < bytes.length; i++) {
          int inAnswer = (int) ((part.position() + i) % answerBytes);
          if (inAnswer >= headBytes) {
            if (bytes[i] != body[inAnswer - headBytes]) {
              assertThat(bytes[i])
                  .as("byte at " + (part.position() + i) + " of " + id)
                  .isEqualTo(body[inAnswer - headBytes]);
            }
            checked++;
          }
        }
      }
    }
    assertThat(checked).isPositive();
  }

  private static int headBytes(CapturedStreams streams, List<StreamId> out) {
    for (StreamId id : out) {
      for (StreamEvent.Data part : streams.parts(id)) {
        String text = new String(part.payload().toArray(), StandardCharsets.ISO_8859_1);
        if (text.startsWith("HTTP/1.1 200 OK\r\n") && text.contains("\r\n\r\n")) {
          return text.indexOf("\r\n\r\n") + 4;
        }
      }
    }
    throw new AssertionError("no head was captured");
  }
}

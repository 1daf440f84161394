// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * GoReplay, which people replay with: sends requests from a file at their recorded times. What it
 * achieved is what a server hears, because it counts no failures of its own.
 */
final class GoReplay {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

  /** Ends a request in its files. */
  private static final String SEPARATOR = "\n\ud83d\udc35\ud83d\ude48\ud83d\ude49\n";

  private static final int SILENCE_SECONDS = 3;

  private final Path program;

  private GoReplay(Path program) {
    this.program = program;
  }

  /** Returns the program that GOREPLAY names, or {@code gor} or {@code goreplay} of the path. */
  static @Nullable GoReplay find() {
    String named = System.getenv("GOREPLAY");
    if (named != null) {
      return new GoReplay(Path.of(named));
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      for (String name : List.of("gor", "goreplay")) {
        Path file = Path.of(folder, name);
        if (Files.isExecutable(file)) {
          return new GoReplay(file);
        }
      }
    }
    return null;
  }

  /**
   * What a server heard.
   *
   * @param requests how many
   * @param perSecond from the first to the last
   * @param lateMillis how much later the last one came, after the first, than it was recorded
   */
  record Heard(int requests, double perSecond, double lateMillis) {}

  Heard replay(String request, int perSecond, int seconds)
      throws IOException, InterruptedException {
    int count = perSecond * seconds;
    Path file = Files.createTempFile("goreplay", ".gor");
    List<Long> heard = Collections.synchronizedList(new ArrayList<>(count));
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServerSocket server = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress())) {
      write(file, request, perSecond, count);
      threads.execute(() -> accept(server, heard, threads));
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "--input-file",
                  file.toString(),
                  "--output-http",
                  "http://127.0.0.1:" + server.getLocalPort())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        awaitEnd(process, heard, count);
      } finally {
        process.destroyForcibly();
      }
    } finally {
      threads.shutdownNow();
      Files.delete(file);
    }
    List<Long> times = List.copyOf(heard);
    if (times.size() < 2) {
      throw new IOException(program + " sent " + times.size() + " of " + count + " requests");
    }
    double millis = (times.get(times.size() - 1) - times.get(0)) / 1e6;
    double recorded = (times.size() - 1) * 1e3 / perSecond;
    return new Heard(times.size(), (times.size() - 1) * 1e3 / millis, millis - recorded);
  }

  private static void write(Path file, String request, int perSecond, int count)
      throws IOException {
    long step = TimeUnit.SECONDS.toNanos(1) / perSecond;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < count; i++) {
        out.write("1 %024x %d 0\n".formatted(i + 1, 1_700_000_000_000_000_000L + i * step));
        out.write(request);
        out.write(SEPARATOR);
      }
    }
  }

  /** It may end before its last requests have been sent, or never. */
  private static void awaitEnd(Process process, List<Long> heard, int count)
      throws InterruptedException {
    int before = -1;
    while (heard.size() < count && before < heard.size()) {
      before = heard.isEmpty() && process.isAlive() ? -1 : heard.size();
      TimeUnit.SECONDS.sleep(SILENCE_SECONDS);
    }
  }

  private static void accept(ServerSocket server, List<Long> heard, ExecutorService threads) {
    try {
      while (true) {
        Socket socket = server.accept();
        threads.execute(() -> serve(socket, heard));
      }
    } catch (IOException e) {
      // The socket was closed: that is how it ends.
      return;
    }
  }

  private static void serve(Socket socket, List<Long> heard) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream())) {
      int ends = 0;
      for (int b = in.read(); b >= 0; b = in.read()) {
        ends = b == '\n' ? ends + 1 : b == '\r' ? ends : 0;
        if (ends == 2) {
          heard.add(System.nanoTime());
          socket.getOutputStream().write(ANSWER);
          ends = 0;
        }
      }
    } catch (IOException e) {
      // The client went: what it sent has been counted.
      return;
    }
  }
}

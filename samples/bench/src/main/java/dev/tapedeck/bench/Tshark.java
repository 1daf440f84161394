// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** tshark that lists the HTTP messages of a packet file. */
final class Tshark {
  private static final Pattern TIMES = Pattern.compile("([0-9.]+) ([0-9.]+)");

  private final Path pcap;

  Tshark(Path pcap) {
    this.pcap = pcap;
  }

  private static List<String> command(Path pcap) {
    return List.of(
        "tshark",
        "-n",
        "-r",
        pcap.toString(),
        "-Y",
        "http",
        "-T",
        "fields",
        "-e",
        "frame.number",
        "-e",
        "http.request.method",
        "-e",
        "http.request.uri",
        "-e",
        "http.response.code",
        "-e",
        "http.content_length");
  }

  /**
   * Runs it once and checks that it finds what there is.
   *
   * @throws IllegalStateException when it does not
   */
  void check(long messages) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command(pcap)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    long lines;
    try (BufferedReader output = process.inputReader()) {
      lines = output.lines().count();
    } catch (UncheckedIOException e) {
      throw new IOException("reading what tshark prints", e);
    }
    if (process.waitFor() != 0 || lines != messages) {
      throw new IllegalStateException(
          "tshark ended with "
              + process.exitValue()
              + ", lines="
              + lines
              + " messages="
              + messages);
    }
  }

  /** Runs it once and returns what it took of CPU time, its children's included. */
  double cpuSeconds() throws IOException, InterruptedException {
    // The shell tells what its children took; $0 and following are words, not text of the script.
    String script = "TIMEFORMAT='%U %S'; { time \"$0\" \"$@\" >/dev/null 2>&1; } 2>&1";
    List<String> shell =
        Stream.concat(Stream.of("bash", "-c", script), command(pcap).stream()).toList();
    Process process = new ProcessBuilder(shell).start();
    String line;
    try (BufferedReader output = process.inputReader()) {
      line = output.readLine();
    }
    Matcher times = TIMES.matcher(line == null ? "" : line);
    if (process.waitFor() != 0 || !times.matches()) {
      throw new IllegalStateException("tshark ended with " + process.exitValue() + ": " + line);
    }
    return Double.parseDouble(times.group(1)) + Double.parseDouble(times.group(2));
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {
  @TempDir Path folder;

  @Test
  void serve_signal_endsWithCode0AndLeavesTheIndexOnly() throws Exception {
    Path file = TestCaptures.shop(folder);
    for (String signal : List.of("INT", "TERM")) {
      // A background job of a script has SIGINT ignored, and so would all that it starts.
      List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
      command.addAll(ProcessTest.command("serve", file.toString(), "-q"));
      Process process = new ProcessBuilder(command).start();
      try (BufferedReader out = process.inputReader()) {
        assertThat(out.readLine()).startsWith("http://127.0.0.1:");
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
        assertThat(out.readLine()).isNull();
      }
      assertThat(process.waitFor()).as(signal).isZero();
      try (Stream<Path> left = Files.list(folder)) {
        assertThat(left.map(Path::getFileName).map(Path::toString))
            .allMatch(name -> name.equals("shop.tape") || name.equals("shop.tape.idx"));
      }
    }
  }

  @Test
  void listen_onATakenPort_saysWhichAndWhatToDo() throws IOException {
    Path file = TestCaptures.shop(folder);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      CliRun run = CliRun.of("serve", file, "--no-index", "--listen", address);

      assertThat(run.exitCode()).isEqualTo(ExitCode.IO);
      assertThat(run.err().lines())
          .singleElement()
          .asString()
          .startsWith("analyzer: cannot listen on " + address)
          .endsWith("name another port, or port 0 for any that is free");
    }
  }
}

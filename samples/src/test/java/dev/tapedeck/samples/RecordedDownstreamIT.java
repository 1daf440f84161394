// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * A service that was recorded with eBPF while it called two others, one of them over TLS, is tested
 * with these gone: the mock answers what they answered.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class RecordedDownstreamIT {
  private static final int REQUESTS = 11;
  private static final int CALLS = 15;

  /**
   * What was recorded.
   *
   * @param port of the service
   * @param bank URL of the one it asks in clear text
   * @param store URL of the one it asks over TLS
   */
  private record Recorded(int port, String bank, String store) {}

  @Test
  void service_withItsDownstreamGone_answersAsBefore(Path directory) throws Exception {
    Tools tools = new Tools(directory);
    Recorded recorded = record(directory, tools);

    RunningProgram.Result result = test(tools, recorded, List.of(), List.of());
    assertThat(result.exitCode()).as(result.errors() + result.output()).isZero();
    JsonNode report = DigestLog.json(result.output());
    assertThat(report.get("equal").asInt()).isEqualTo(REQUESTS);
    assertThat(report.at("/mock/requests").asInt()).isEqualTo(CALLS);
    assertThat(report.at("/mock/answered").asInt()).isEqualTo(CALLS);
    assertThat(report.at("/mock/unasked").asInt()).isZero();
    assertThat(report.at("/mock/misses")).isEmpty();

    // The same with base URLs in place of the proxy.
    Recorded places = new Recorded(recorded.port(), "", "");
    RunningProgram.Result direct =
        test(
            tools,
            places,
            List.of(
                "--env",
                "BANK={" + recorded.bank().substring("http://".length()) + "}",
                "--env",
                "STORE={" + recorded.store().substring("https://".length()) + "}"),
            List.of());
    assertThat(direct.exitCode()).as(direct.errors() + direct.output()).isZero();

    RunningProgram.Result dearer = test(tools, recorded, List.of(), List.of("--cents", "1300"));
    assertThat(dearer.exitCode()).as(dearer.output()).isEqualTo(1);
    assertThat(dearer.errors())
        .contains("mock miss: POST " + recorded.bank() + "/charges")
        .contains("$.cents recorded 1200 now 1300");
  }

  /** Records customers; returns when service and downstream have ended. */
  private static Recorded record(Path directory, Tools tools)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectory(directory.resolve("recorded"));
    try (RunningProgram bank = start(folder, "bank", "downstream.py");
        RunningProgram store =
            start(folder, "store", "downstream.py", "--tls", folder.toString())) {
      String bankUrl = "http://127.0.0.1:" + bank.awaitReadyPort();
      String storeUrl = "https://127.0.0.1:" + store.awaitReadyPort();
      List<String> command =
          new ArrayList<>(List.of("env", "SSL_CERT_FILE=" + folder.resolve("certificate.pem")));
      command.addAll(app("checkout.py", "--bank", bankUrl, "--store", storeUrl));
      try (RunningProgram service = RunningProgram.start(folder, "service", command)) {
        int port = service.awaitReadyPort();
        try (RunningProgram recorder = tools.startRecorder("--pid", Long.toString(service.pid()))) {
          RunningProgram.Result customers =
              RunningProgram.run(folder, "customers", app("customers.py", Integer.toString(port)));
          assertThat(customers.exitCode()).as(customers.errors()).isZero();
          tools.finish(recorder);
        }
        return new Recorded(port, bankUrl, storeUrl);
      }
    }
  }

  private static RunningProgram.Result test(
      Tools tools, Recorded recorded, List<String> options, List<String> more)
      throws IOException, InterruptedException {
    int port = FreePort.find();
    List<String> command =
        new ArrayList<>(
            List.of("run", tools.capture().toString(), "--server", "127.0.0.1:" + recorded.port()));
    command.addAll(List.of("--target", "http://127.0.0.1:" + port, "--allow-unsafe"));
    command.addAll(List.of("--pace", "x10", "--format", "json", "--mock"));
    command.addAll(options);
    command.add("--");
    command.addAll(app("checkout.py", "--port", Integer.toString(port)));
    command.addAll(List.of("--bank", recorded.bank(), "--store", recorded.store()));
    command.addAll(more);
    return tools.replayer(command.toArray(String[]::new));
  }

  private static RunningProgram start(Path folder, String name, String program, String... arguments)
      throws IOException {
    return RunningProgram.start(folder, name, app(program, arguments));
  }

  private static List<String> app(String program, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/python3", Repository.app("checkout/" + program)));
    command.addAll(List.of(arguments));
    return command;
  }
}

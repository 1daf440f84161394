// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * What was recorded with eBPF of servers of several makes is sent again to fresh instances of them:
 * these log the same requests with the same digests, and answer as before.
 */
@RequiresBpf
@ExtendWith(TestOutput.class)
final class ReplayedServersIT {
  /** What a server logs of the network rather than of the exchange. */
  private static final Set<String> PORTS =
      Set.of("client_port", "server_port", "front_client_port");

  /** A kind of server; it is started twice, in folders of its own. */
  private enum Kind {
    NGINX {
      @Override
      SampleServers.Service start(SampleServers servers) throws IOException {
        return servers.plainNginx(
            "nginx", "digest-server/nginx-plain.conf.in", servers.digestServer(false));
      }

      @Override
      Path certificate(Path folder) {
        return folder.resolve("nginx/certificate.pem");
      }

      @Override
      void drive(Clients clients) throws IOException, InterruptedException {
        clients.curl("one", "http1.1");
      }
    },
    NGINX_TLS {
      @Override
      SampleServers.Service start(SampleServers servers) throws IOException {
        return servers.nginx(
            "nginx", "digest-server/nginx-h2.conf.in", servers.digestServer(false));
      }

      @Override
      Path certificate(Path folder) {
        return folder.resolve("nginx/certificate.pem");
      }

      @Override
      void drive(Clients clients) throws IOException, InterruptedException {
        clients.curl("two", "http2");
      }
    },
    NODE {
      @Override
      SampleServers.Service start(SampleServers servers) throws IOException {
        return servers.plainNode();
      }

      @Override
      void drive(Clients clients) throws IOException, InterruptedException {
        clients.curl("one", "http1.1");
      }
    },
    NODE_TLS {
      @Override
      SampleServers.Service start(SampleServers servers) throws IOException, InterruptedException {
        return servers.live("node", "digest-server/digest_server.js", servers.digestLog());
      }

      @Override
      void drive(Clients clients) throws IOException, InterruptedException {
        clients.curl("one", "http1.1");
        clients.h2load("load");
      }
    },
    GO {
      @Override
      SampleServers.Service start(SampleServers servers) throws IOException, InterruptedException {
        return servers.cleartextHttp2();
      }

      @Override
      void drive(Clients clients) throws IOException, InterruptedException {
        clients.curl("known", "http2-prior-knowledge", "http2");
        clients.h2load("load");
      }
    },
    WEB_SOCKET {
      @Override
      SampleServers.Service start(SampleServers servers) throws IOException, InterruptedException {
        return servers.live(
            "/usr/bin/python3", "live-messages/websocket_server.py", servers.digestLog());
      }

      @Override
      void drive(Clients clients) throws IOException, InterruptedException {
        clients.run(
            "node", Repository.app("live-messages/websocket_client.js"), "@PORT@", "4", "9");
      }
    },
    EVENTS {
      @Override
      SampleServers.Service start(SampleServers servers) throws IOException, InterruptedException {
        return servers.live("node", "live-messages/event_server.js", servers.digestLog());
      }

      @Override
      void drive(Clients clients) throws IOException, InterruptedException {
        SampleServers.Service server = clients.server();
        clients.run("curl", "-kfsS", "--parallel", server.url("/lf"), server.url("/crlf"));
      }
    },
    GRPC_NODE {
      @Override
      SampleServers.Service start(SampleServers servers) throws IOException, InterruptedException {
        return servers.live("node", "grpc-calls/server.js", servers.digestLog());
      }

      @Override
      void drive(Clients clients) throws IOException, InterruptedException {
        clients.run(
            "node",
            Repository.app("grpc-calls/client.js"),
            "@PORT@",
            "61",
            certificate(clients.folder()).toString());
      }
    },
    GRPC_GO {
      @Override
      SampleServers.Service start(SampleServers servers) throws IOException, InterruptedException {
        return servers.cleartextHttp2();
      }

      @Override
      void drive(Clients clients) throws IOException, InterruptedException {
        clients.run("node", Repository.app("grpc-calls/client.js"), "@PORT@", "61");
      }
    };

    abstract SampleServers.Service start(SampleServers servers)
        throws IOException, InterruptedException;

    abstract void drive(Clients clients) throws IOException, InterruptedException;

    Path certificate(Path folder) {
      return folder.resolve("certificate.pem");
    }
  }

  /** A few at a time, so that each test ends in time on a busy machine. */
  static List<Set<Kind>> recordedTogether() {
    return List.of(
        EnumSet.of(Kind.NGINX, Kind.NGINX_TLS),
        EnumSet.of(Kind.NODE, Kind.NODE_TLS),
        EnumSet.of(Kind.GO, Kind.GRPC_GO),
        EnumSet.of(Kind.WEB_SOCKET, Kind.EVENTS, Kind.GRPC_NODE));
  }

  @Test
  void recordedTogether_areAllKinds() {
    assertThat(recordedTogether().stream().flatMap(Set::stream))
        .containsExactlyInAnyOrder(Kind.values());
  }

  @ParameterizedTest
  @MethodSource("recordedTogether")
  void run_freshServers_receiveWhatWasRecordedAndAnswerAsBefore(Set<Kind> kinds, Path directory)
      throws Exception {
    Tools tools = new Tools(directory);
    Map<Kind, Integer> ports = record(directory, tools, kinds);
    SoftAssertions softly = new SoftAssertions();
    for (Kind kind : kinds) {
      Path folder = Files.createDirectory(directory.resolve("fresh-" + kind));
      try (SampleServers servers = new SampleServers(folder)) {
        SampleServers.Service fresh = kind.start(servers);
        List<String> command =
            new ArrayList<>(
                List.of(
                    "run",
                    tools.capture().toString(),
                    "--server",
                    "127.0.0.1:" + ports.get(kind),
                    "--target",
                    fresh.url(""),
                    "--pace",
                    "x20",
                    "--allow-unsafe",
                    "--format",
                    "json"));
        if (fresh.scheme().equals("https")) {
          command.addAll(List.of("--ca", kind.certificate(folder).toString()));
        }
        RunningProgram.Result result = tools.replayer(command.toArray(String[]::new));
        Files.writeString(folder.resolve("report.json"), result.output());
        JsonNode report = DigestLog.json(result.output());
        softly.assertThat(report.get("differences")).as("differences of %s", kind).isEmpty();
        softly.assertThat(report.get("skipped")).as("skipped of %s", kind).isEmpty();
        softly.assertThat(report.get("failed")).as("failed of %s", kind).isEmpty();
        softly.assertThat(report.get("notes")).as("notes of %s", kind).isEmpty();
        softly.assertThat(result.exitCode()).as("%s: %s", kind, result.errors()).isZero();
        softly
            .assertThat(report.get("connections_opened"))
            .as("connections of %s", kind)
            .isEqualTo(report.get("connections_recorded"));
        List<String> recorded = logged(directory.resolve("recorded-" + kind));
        softly.assertThat(report.get("sent")).as("sent %s", kind).isEqualTo(report.get("recorded"));
        softly
            .assertThat(logged(folder))
            .as("log of %s", kind)
            .containsExactlyInAnyOrderElementsOf(recorded);
      }
    }
    softly.assertAll();
  }

  /** Records the kinds at once; returns where they listened. */
  private static Map<Kind, Integer> record(Path directory, Tools tools, Set<Kind> kinds)
      throws IOException, InterruptedException {
    Map<Kind, Integer> ports = new EnumMap<>(Kind.class);
    List<String> targets = new ArrayList<>(List.of("--tree", "--ring-size", "64MiB"));
    Deque<SampleServers> started = new ArrayDeque<>();
    try {
      Map<Kind, Clients> clients = new EnumMap<>(Kind.class);
      for (Kind kind : kinds) {
        Path folder = Files.createDirectory(directory.resolve("recorded-" + kind));
        SampleServers servers = new SampleServers(folder);
        started.push(servers);
        SampleServers.Service service = kind.start(servers);
        ports.put(kind, service.port());
        targets.addAll(List.of("--pid", Long.toString(service.program().pid())));
        clients.put(kind, new Clients(folder, service));
      }
      try (RunningProgram recorder = tools.startRecorder(targets.toArray(String[]::new))) {
        for (Kind kind : kinds) {
          kind.drive(clients.get(kind));
        }
        tools.finish(recorder);
      }
    } finally {
      started.forEach(SampleServers::close);
    }
    return ports;
  }

  /** The programs that ask a server, one after another. */
  private record Clients(Path folder, SampleServers.Service server) {
    void curl(String name, String version) throws IOException, InterruptedException {
      curl(name, version, version);
    }

    void curl(String name, String first, String others) throws IOException, InterruptedException {
      RunningProgram.Result result =
          RunningProgram.run(
              folder, name, new DigestWorkload(folder, name).curlCommand(server, first, others));
      assertThat(result.exitCode()).as(result.errors()).isZero();
    }

    void run(String... command) throws IOException, InterruptedException {
      List<String> words = new ArrayList<>(List.of(command));
      words.replaceAll(word -> word.equals("@PORT@") ? Integer.toString(server.port()) : word);
      RunningProgram.Result result = RunningProgram.run(folder, "client", words);
      assertThat(result.exitCode()).as(result.errors()).isZero();
    }

    void h2load(String name) throws IOException, InterruptedException {
      H2Load.assertAllSucceeded(
          RunningProgram.run(folder, name, new H2Load(folder, name).command(server)));
    }
  }

  /** Returns what a server logged, but for the ports. */
  private static List<String> logged(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    for (JsonNode line : DigestLog.all(folder.resolve("digests.ndjson"))) {
      TreeMap<String, String> fields = new TreeMap<>();
      line.properties().forEach(field -> fields.put(field.getKey(), field.getValue().toString()));
      fields.keySet().removeAll(PORTS);
      lines.add(fields.toString());
    }
    return lines;
  }
}

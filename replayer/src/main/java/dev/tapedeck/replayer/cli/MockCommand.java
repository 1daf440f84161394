// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.replayer.mock.LiveCalls;
import dev.tapedeck.replayer.mock.MockOptions;
import dev.tapedeck.replayer.mock.Upstream;
import dev.tapedeck.replayer.mock.UsedUp;
import dev.tapedeck.replayer.mock.server.MockAccount;
import dev.tapedeck.replayer.report.PrivateFiles;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves the recorded answers of downstream services. */
@Command(
    name = "mock",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    description = {
      "Serves the recorded answers of the services that a recorded service called, until it is"
          + " interrupted: as a forward proxy, and as one origin for each of them."
    },
    footer = {
      "",
      "Examples:",
      "  replayer mock orders.tape --listen 127.0.0.1:8888 --ca-out mock-ca.pem",
      "  replayer mock orders.tape --origin pay.example:443=127.0.0.1:9001"
    })
final class MockCommand implements Callable<Integer> {
  private static final int NO_PORT = 0;

  private final ReplayerCommand root;
  private final StopSignal stop;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private CaptureOptions captures = new CaptureOptions();

  @Option(
      names = "--listen",
      paramLabel = "ADDR",
      defaultValue = "127.0.0.1:0",
      description =
          "Where the forward proxy listens: [IP:]PORT; a free port of 127.0.0.1 by default.")
  private String listen = "127.0.0.1:0";

  @Option(
      names = "--origin",
      paramLabel = "HOST:PORT=ADDR",
      description = "Where that recorded service is served. May be repeated.")
  private List<String> origins = List.of();

  @Option(
      names = "--no-origins",
      description = "Listen for no other services; by default each gets a free port.")
  private boolean noOrigins;

  @Option(
      names = "--ca-out",
      paramLabel = "FILE",
      description = "Write the certificate there that clients have to trust for HTTPS.")
  private @Nullable Path caFile;

  @Option(
      names = "--filter",
      paramLabel = "EXPR",
      converter = FilterConverter.class,
      description = "Only answers of exchanges that the expression means; --help filter explains.")
  private @Nullable Filter filter;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description =
          "What may differ in requests: YAML as in docs/rules.schema.json. May be repeated.")
  private List<Path> rulesFiles = List.of();

  @Option(
      names = "--when-used-up",
      paramLabel = "WHAT",
      defaultValue = "auto",
      description = {
        "For requests that come more often than recorded: ${COMPLETION-CANDIDATES}; auto by default:"
            + " the last answer again when the method is safe and it never changed."
      })
  private UsedUp usedUp = UsedUp.AUTO;

  @Option(
      names = "--latency",
      paramLabel = "HOW",
      converter = LatencyConverter.class,
      defaultValue = "none",
      description = "none, recorded, or xN for N times faster; none by default.")
  private Double latency = 0.0;

  @Option(
      names = "--include-secrets",
      description = "Show credentials and tokens of requests that have no answer.")
  private boolean includeSecrets;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; table by default.")
  private OutputFormat format = OutputFormat.TABLE;

  MockCommand(ReplayerCommand root, StopSignal stop) {
    this.root = root;
    this.stop = stop;
  }

  @Override
  public Integer call() throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    InetSocketAddress proxy = address(listen);
    Map<Upstream, InetSocketAddress> named = named();
    ReplayRules rules = RulesReader.readAll(rulesFiles);
    new OutputPaths(captures.files()).file("--ca-out", caFile);
    MockOptions options =
        new MockOptions(rules.mock(), filter, null, usedUp, latency, includeSecrets);
    try (CaptureInput input = CaptureInput.load(captures.files(), captures.readerOptions(), root);
        StartedMock mock =
            new StartedMock(
                root, input.captures(), options, LiveCalls.NONE, proxy, named, !noOrigins)) {
      if (caFile != null) {
        PrivateFiles.write(caFile, mock.caPem());
      }
      stop.onStop(stopped::countDown);
      warn(mock);
      MockOutput output = new MockOutput(root.terminal().out(), format);
      output.started(mock, caFile);
      stopped.await();
      MockAccount account = mock.finish();
      output.ended(account);
      root.tellUnused(rules.unusedOfMocks());
      return account.missed() > 0 || input.damaged() ? ExitCode.DIFFERENT : ExitCode.OK;
    }
  }

  private void warn(StartedMock mock) {
    mock.tellLeftOut();
    if (!ListenAddress.isLoopback(mock.proxy())) {
      root.tell("warning: whoever reaches " + listen + " can read the recorded answers");
    }
    mock.origins()
        .forEach(
            (upstream, address) -> {
              if (!ListenAddress.isLoopback(address)) {
                root.tell(
                    "warning: whoever reaches "
                        + StartedMock.url(address)
                        + " can read the recorded answers of "
                        + upstream);
              }
            });
  }

  private Map<Upstream, InetSocketAddress> named() throws IOException {
    Map<Upstream, InetSocketAddress> named = new TreeMap<>();
    for (String origin : origins) {
      int equals = origin.indexOf('=');
      Upstream upstream = equals < 0 ? null : Upstream.parse(origin.substring(0, equals), NO_PORT);
      if (upstream == null || upstream.port() == NO_PORT) {
        throw new ParameterException(
            spec.commandLine(), "origin '" + origin + "': expected HOST:PORT=ADDR");
      }
      named.put(upstream, address(origin.substring(equals + 1)));
    }
    return named;
  }

  private InetSocketAddress address(String text) {
    try {
      return ListenAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}

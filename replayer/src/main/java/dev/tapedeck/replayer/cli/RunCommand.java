// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.Replayer;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.Selection;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.rules.CountedRule;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import dev.tapedeck.replayer.target.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends what was recorded and compares the answers. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    description =
        "Sends recorded requests to a target and compares its answers with the recorded ones.",
    footer = {
      "",
      "Examples:",
      "  replayer run orders.tape --target http://127.0.0.1:8080",
      "  replayer run orders.tape --target https://test.example --pace x10 \\",
      "      --rules rules.yaml --junit-xml replay.xml"
    })
final class RunCommand implements Callable<Integer> {
  private final ReplayerCommand root;
  private final StopSignal stop;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private SelectOptions select = new SelectOptions();

  @Mixin private TargetOptions target = new TargetOptions();

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "With --pace max: connections open at once; 64 by default.")
  private int concurrency = ReplayOptions.DEFAULT_CONCURRENCY;

  @Option(names = "--keep-host", description = "Send the Host field as it was recorded.")
  private boolean keepHost;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM file with the certificate authorities, or the certificate, to trust.")
  private @Nullable Path authorities;

  @Option(
      names = "--client-cert",
      paramLabel = "FILE",
      description = "PEM file with the certificate chain to show to the target.")
  private @Nullable Path clientCertificate;

  @Option(
      names = "--client-key",
      paramLabel = "FILE",
      description = "PEM file with its key: PKCS #8, without password.")
  private @Nullable Path clientKey;

  @Option(
      names = "--server-name",
      paramLabel = "NAME",
      description = "Name to ask for in the TLS handshake; the target's host by default.")
  private @Nullable String serverName;

  @Option(names = "--insecure", description = "Accept any certificate of the target.")
  private boolean insecure;

  @Option(
      names = "--connect-timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "10s",
      description = "For connecting, and again for the TLS handshake; 10s by default.")
  private Duration connectTimeout = Duration.ofSeconds(10);

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      defaultValue = "30s",
      description = "Longest silence while an answer is awaited; 30s by default.")
  private Duration timeout = Duration.ofSeconds(30);

  @Option(
      names = "--max-errors",
      paramLabel = "N",
      description =
          "Send nothing more after N failures and unexpected 5xx answers; 100 by default, 0 for"
              + " no limit.")
  private int maxErrors = ReplayOptions.DEFAULT_MAX_ERRORS;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description = "What is rewritten and what may differ: YAML as in docs/rules.schema.json.")
  private @Nullable Path rulesFile;

  @Option(
      names = "--include-secrets",
      description = "Show credentials, cookies and tokens in differences instead of masking them.")
  private boolean includeSecrets;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; table by default.")
  private OutputFormat format = OutputFormat.TABLE;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write report.json, report.txt and requests.ndjson there.")
  private @Nullable Path folder;

  @Option(
      names = "--junit-xml",
      paramLabel = "FILE",
      description = "Write a JUnit report: a test case for each exchange.")
  private @Nullable Path junitXml;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page for people: account, times, differences side by side.")
  private @Nullable Path html;

  @Mixin private MinimizeOptions minimize = new MinimizeOptions();

  RunCommand(ReplayerCommand root, StopSignal stop) {
    this.root = root;
    this.stop = stop;
  }

  @Override
  public Integer call() throws Exception {
    var selection = select.selection();
    var planned = select.plan();
    Target goal = target.target();
    ReplayRules rules = rulesFile == null ? ReplayRules.NONE : RulesReader.read(rulesFile);
    ReplayOptions options = options(goal, rules).build();
    checkOutputs();
    try (CaptureInput input = CaptureInput.load(select, root)) {
      Selection chosen = Selection.of(input.captures(), selection);
      ReplayPlan plan = ReplayPlan.of(chosen, planned);
      InetAddress address = target.check(goal, input.captures());
      PlannedFlows flows = select.flows(plan);
      ReplayReport report =
          replay(
              new Replayer(flows.plan(), options, new InetSocketAddress(address, goal.port()))
                  .carrying(flows, rules.rewrite()));
      tell(report, rulesFile);
      new RunOutput(root, format, folder, junitXml, html).write(report);
      InetSocketAddress place = new InetSocketAddress(address, goal.port());
      minimize.minimize(
          report,
          input,
          flows,
          chosen,
          selection.role(),
          rulesFile,
          some -> again(some, planned, rules, options(goal, rules).rehearse(false).build(), place),
          root);
      return exitCode(report, input.damaged());
    }
  }

  private void checkOutputs() throws IOException {
    OutputPaths paths = new OutputPaths(select.files());
    paths.folderToMake("--report", folder);
    paths.file("--junit-xml", junitXml);
    paths.file("--html", html);
    paths.folderToMake("--minimize", minimize.folder());
  }

  /** Sends a part once more, in recorded order and as fast as the target answers. */
  private ReplayReport again(
      Selection some,
      PlanOptions planned,
      ReplayRules rules,
      ReplayOptions options,
      InetSocketAddress address)
      throws IOException, InterruptedException {
    PlanOptions fast =
        PlanOptions.newBuilder()
            .pace(Pace.MAX)
            .allowUnsafe(planned.allowUnsafe())
            .pooledConnections(planned.pooledConnections())
            .build();
    PlannedFlows flows = select.flows(ReplayPlan.of(some, fast).inRecordedOrder());
    Replayer replayer =
        new Replayer(flows.plan(), options, address).carrying(flows, rules.rewrite());
    stop.onStop(replayer::stop);
    ReplayReport report = replayer.run(progress -> {});
    if (report.stopped() == SkipReason.INTERRUPTED) {
      throw new CommandFailure(
          ExitCode.DIFFERENT, "stopped while minimizing; nothing was written, run it again");
    }
    return report;
  }

  private ReplayOptions.Builder options(Target goal, ReplayRules rules) {
    if (concurrency < 1 || maxErrors < 0) {
      throw new ParameterException(
          spec.commandLine(), "--concurrency must be at least 1, --max-errors at least 0");
    }
    if ((clientCertificate == null) != (clientKey == null)) {
      throw new ParameterException(
          spec.commandLine(), "--client-cert and --client-key need each other");
    }
    return ReplayOptions.newBuilder(goal)
        .keepHost(keepHost)
        .insecure(insecure)
        .certificateAuthorities(authorities)
        .clientCertificate(clientCertificate, clientKey)
        .serverName(serverName)
        .concurrency(concurrency)
        .connectTimeout(connectTimeout)
        .answerTimeout(timeout)
        .maxErrors(maxErrors)
        .comparison(
            new ComparatorOptions(
                rules, includeSecrets, ComparatorOptions.DEFAULT_MAX_DIFFERENCES));
  }

  private ReplayReport replay(Replayer replayer) throws Exception {
    ProgressLine progress = new ProgressLine(root);
    stop.onStop(replayer::stop);
    try {
      return replayer.run(progress::show);
    } finally {
      progress.clear();
    }
  }

  private void tell(ReplayReport report, @Nullable Path rules) {
    for (CountedRule rule : report.unusedRules()) {
      root.tell(
          "warning: "
              + rules
              + ":"
              + rule.line()
              + ": this rule applied to nothing: "
              + rule.description());
    }
    if (report.stopped() == SkipReason.STOPPED_BY_ERRORS) {
      root.tell("stopped after " + maxErrors + " errors, see --max-errors");
    } else if (report.sent() == 0) {
      root.tell("nothing was sent and answered, so nothing was tested");
    }
  }

  private static int exitCode(ReplayReport report, boolean damaged) {
    if (report.stopped() == SkipReason.STOPPED_BY_ERRORS) {
      return ExitCode.GUARD;
    }
    boolean fine =
        report.different() == 0
            && report.failures() == 0
            && report.sent() > 0
            && report.stopped() == null
            && !damaged;
    return fine ? ExitCode.OK : ExitCode.DIFFERENT;
  }
}

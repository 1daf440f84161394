// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import dev.tapedeck.replayer.Replayer;
import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.engine.ErrorLimit;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.learn.NoiseFinder;
import dev.tapedeck.replayer.learn.NoiseThresholds;
import dev.tapedeck.replayer.mock.server.MockAccount;
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
      "      --rules rules.yaml --junit-xml replay.xml",
      "  replayer run orders.tape --target http://127.0.0.1:8080 --mock -- ./start.sh"
    })
final class RunCommand implements Callable<Integer> {
  private final ReplayerCommand root;
  private final StopSignal stop;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private SelectOptions select = new SelectOptions();

  @Mixin private TargetOptions target = new TargetOptions();

  @Mixin private SendOptions send = new SendOptions();

  @Mixin private StartOptions start = new StartOptions();

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description = "What is rewritten and what may differ: YAML as in docs/rules.schema.json.")
  private @Nullable Path rulesFile;

  @Option(
      names = "--baseline",
      paramLabel = "URL",
      description = {
        "Compare with the answers of this target instead of the recorded ones. It is sent"
            + " everything twice, to find out what changes by itself."
      })
  private @Nullable String baselineUrl;

  @Option(
      names = "--noise-thresholds",
      paramLabel = "REL,ABS",
      defaultValue = "20,0.03",
      description = {
        "With --baseline: a place where the baseline differs from itself counts when so many"
            + " percent more answers differ there, of both together and of all; 20,0.03 by default."
      })
  private String thresholds = "20,0.03";

  @Option(
      names = "--no-repeats",
      description = {
        "Compare strictly what equal requests of the capture show to be made anew for each answer;"
            + " without it such values are checked by type, and listed."
      })
  private boolean noRepeats;

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
    ReplayOptions options =
        send.options(
            goal,
            new ComparatorOptions(
                rules, includeSecrets, ComparatorOptions.DEFAULT_MAX_DIFFERENCES));
    NoiseThresholds limits = limits();
    if (baselineUrl != null && minimize.folder() != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--minimize compares with the recorded answers, --baseline does not: give one of them");
    }
    start.check(root.commandToStart());
    if (baselineUrl != null && start.mock()) {
      throw new ParameterException(
          spec.commandLine(), "--mock stands around one target, --baseline has two: give one");
    }
    checkOutputs();
    try (CaptureInput input = CaptureInput.load(select, root)) {
      Selection chosen = Selection.of(input.captures(), selection);
      ReplayPlan plan = ReplayPlan.of(chosen, planned);
      InetAddress address = target.check(goal, input.captures());
      PlannedFlows flows = select.flows(plan);
      Sender sender = new Sender(root, stop, flows, rules.rewrite());
      InetSocketAddress socket = new InetSocketAddress(address, goal.port());
      ReplayReport report;
      Surroundings around = new Surroundings(root, start, stop, includeSecrets);
      try (around) {
        around.start(input.captures(), plan, rules, socket);
        if (baselineUrl == null) {
          options = withRepeats(options, flows.plan());
          report = sender.send(around.beside(sender.replayer(options, socket)));
        } else {
          Target other = target.target(baselineUrl);
          InetAddress there = target.check(other, input.captures());
          report =
              new BaselineRun(sender, send, limits)
                  .run(
                      options,
                      socket,
                      send.options(other, options.comparison()),
                      new InetSocketAddress(there, other.port()));
        }
        tell(report, rulesFile);
        MockAccount asked = around.asked();
        new RunOutput(root, format, folder, junitXml, html).mocked(asked).write(report);
        ReplayOptions same = send.builder(goal, options.comparison()).rehearse(false).build();
        minimize.minimize(
            report,
            input,
            flows,
            chosen,
            selection.role(),
            rulesFile,
            some -> again(some, planned, rules, same, socket, around),
            root);
        return exitCode(report, input.damaged() || (asked != null && asked.missed() > 0));
      }
    }
  }

  private NoiseThresholds limits() {
    if (!thresholds.matches("\\d{1,3}(\\.\\d{1,6})?,\\d{1,3}(\\.\\d{1,6})?")) {
      throw new ParameterException(
          spec.commandLine(),
          "--noise-thresholds " + thresholds + ": expected two percentages such as 20,0.03");
    }
    int comma = thresholds.indexOf(',');
    return new NoiseThresholds(
        Double.parseDouble(thresholds.substring(0, comma)),
        Double.parseDouble(thresholds.substring(comma + 1)));
  }

  /** What equal requests of the capture show to change is checked by type. */
  private ReplayOptions withRepeats(ReplayOptions options, ReplayPlan plan) {
    if (noRepeats) {
      return options;
    }
    NoiseFinder finder = new NoiseFinder(plan, options.comparison(), send.keepHost());
    finder.repeats();
    return options.withNoise(finder.learned().rules());
  }

  private void checkOutputs() throws IOException {
    OutputPaths paths = new OutputPaths(select.files());
    paths.file("--target-log", start.log());
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
      InetSocketAddress address,
      Surroundings around)
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
    ReplayReport report = around.beside(replayer).run(progress -> {});
    if (report.stopped() == SkipReason.INTERRUPTED) {
      throw new CommandFailure(
          ExitCode.DIFFERENT, "stopped while minimizing; nothing was written, run it again");
    }
    return report;
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
      ErrorLimit limit = send.maxErrors();
      root.tell(
          "stopped after "
              + (limit.share() == 0 ? limit.count() : "too many")
              + " errors, see --max-errors");
    } else if (report.sent() == 0) {
      root.tell("nothing was sent and answered, so nothing was tested");
    }
  }

  private static int exitCode(ReplayReport report, boolean damaged) {
    if (report.stopped() == SkipReason.STOPPED_BY_ERRORS) {
      return ExitCode.GUARD;
    }
    return report.isGreen() && !damaged ? ExitCode.OK : ExitCode.DIFFERENT;
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.recorder.Cgroups;
import dev.tapedeck.recorder.HostChecks;
import dev.tapedeck.recorder.Recorder;
import dev.tapedeck.recorder.RecorderOptions;
import dev.tapedeck.recorder.RecorderStats;
import dev.tapedeck.recorder.RecordingFailedException;
import dev.tapedeck.recorder.SocketHooks;
import dev.tapedeck.recorder.Source;
import dev.tapedeck.recorder.Workload;
import dev.tapedeck.recorder.bpf.BpfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Records into a capture file. */
@Command(
    name = "record",
    description = {
      "Records HTTP traffic of processes on this host into a capture file.",
      "Without a target every process is recorded, except the recorder itself."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    footer = {
      "",
      "An earlier file of the same name is moved to NAME.old. When everything is",
      "attached, a line that begins with 'recording' is printed to standard error.",
      "SIGINT and SIGTERM complete the file.",
      "",
      "Examples:",
      "  recorder record -o orders.tape --comm nginx --duration 30s",
      "  recorder record -o curl.tape -- curl https://example.org/",
      "  recorder record -o /var/captures --rotate-size 256M --keep 20 --comm nginx",
      "  recorder record -o a.tape --encrypt-to age1... --comm nginx"
    })
final class RecordCommand implements Callable<Integer> {
  private final RecorderCommand root;
  private final StopSignal stop;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE|DIR",
      description = "Capture file to write, or the folder for it.")
  private String output = "";

  @Option(
      names = "--pid",
      paramLabel = "PID",
      split = ",",
      description = "Record this process. May be repeated.")
  private Set<Integer> pids = new LinkedHashSet<>();

  @Option(
      names = "--comm",
      paramLabel = "NAME",
      description = "Record processes with this command name, now and later. May be repeated.")
  private Set<String> comms = new LinkedHashSet<>();

  @Option(
      names = "--exe",
      paramLabel = "PATH",
      description = "Record processes that run this file, now and later. May be repeated.")
  private Set<Path> exes = new LinkedHashSet<>();

  @Option(
      names = "--cgroup",
      paramLabel = "PATH",
      description =
          "Record processes in this cgroup (v2) and below, now and later. May be repeated.")
  private Set<String> cgroups = new LinkedHashSet<>();

  @Option(
      names = "--container",
      paramLabel = "ID",
      description = "Record this container: its id or the begin of it. May be repeated.")
  private Set<String> containers = new LinkedHashSet<>();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      split = ",",
      description = "Record only sockets with this port at either end. May be repeated.")
  private Set<Integer> ports = new LinkedHashSet<>();

  @Option(
      names = "--inherit",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Record what targets start later too (default), or not.")
  private boolean inherit = true;

  @Option(names = "--tree", description = "Record the children that targets have already.")
  private boolean tree;

  @Option(
      names = "--sources",
      paramLabel = "SOURCE",
      split = ",",
      description = "tls: decrypted TLS; sockets: plain-text HTTP. Both by default.")
  private Set<Source> sources = new LinkedHashSet<>();

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Stop after this time, such as 30s or 5m.")
  private @Nullable Duration duration;

  @Option(
      names = "--max-file-size",
      paramLabel = "SIZE",
      converter = ByteSize.Converter.class,
      description =
          "Stop when the capture, or all files together, have this size, give or take a block"
              + " (1 MiB).")
  private @Nullable ByteSize maxFileSize;

  @Option(
      names = "--max-events",
      paramLabel = "N",
      description = "Stop after this many events, give or take what one look at the ring gives.")
  private @Nullable Long maxEvents;

  @Mixin private final FileArguments files = new FileArguments();

  @Mixin private final RedactArguments redact = new RedactArguments();

  @Mixin private final LimitArguments limits = new LimitArguments();

  @Option(
      names = "--hooks",
      paramLabel = "BACKEND",
      defaultValue = "auto",
      description =
          "How sockets are hooked: auto, fentry, kprobe, raw_tp, tracepoint. auto takes the best"
              + " that this kernel allows; 'recorder doctor' lists them.")
  private SocketHooks hooks = SocketHooks.AUTO;

  @Option(
      names = "--command-lines",
      description = "Store the argument lists of processes too; they may hold passwords.")
  private boolean commandLines;

  @Option(
      names = "--btf",
      paramLabel = "FILE",
      description = "Type information of the kernel, where the kernel itself has none.")
  private @Nullable Path btf;

  @Option(
      names = "--stats-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "How the summary is printed: text, json.")
  private StatsFormat statsFormat = StatsFormat.TEXT;

  @Parameters(
      paramLabel = "-- COMMAND ARGS",
      arity = "0..*",
      description = "Start this command, record it, stop when it exits, and pass its exit code on.")
  private List<String> command = List.of();

  /** How the summary is printed. */
  enum StatsFormat {
    TEXT,
    JSON
  }

  RecordCommand(RecorderCommand root, StopSignal stop) {
    this.root = root;
    this.stop = stop;
  }

  @Override
  public Integer call() throws CommandFailure, IOException, BpfException {
    RecorderOptions options = options();
    // Before anything is attached: who ends it meanwhile gets a file and a summary, too.
    stop.arm();
    HostChecks checks = HostChecks.ofThisHost(btf);
    HostChecks.Check obstacle = checks.firstObstacle().orElse(null);
    if (obstacle != null) {
      throw new CommandFailure(
          ExitCode.PRIVILEGE,
          obstacle.name() + ": " + obstacle.detail() + ": " + obstacle.advice());
    }
    for (HostChecks.Check missing : checks.shortcomings()) {
      root.notice("recorder: without " + missing.name() + ": " + missing.advice());
    }
    Path file =
        files.rotates()
            ? OutputFile.resolveSeries(output, checks.hostName())
            : OutputFile.resolve(output, checks.hostName(), Instant.now());
    try (Recorder recorder =
        Recorder.open(options, warning -> root.notice("recorder: " + warning))) {
      recorder.attach();
      if (!files.rotates()) {
        for (Path moved : OutputFile.moveEarlier(file)) {
          root.notice("recorder: an earlier file is now " + moved);
        }
      }
      return record(recorder, options, file);
    }
  }

  private RecorderOptions options() throws IOException {
    List<String> arguments = spec.commandLine().getParseResult().originalArgs();
    if (command.isEmpty() && arguments.contains("--")) {
      // An unset variable in a script must not stand for every process.
      throw new ParameterException(spec.commandLine(), "--: a command must follow");
    }
    if (maxEvents != null && maxEvents < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--max-events " + maxEvents + ": needs 1 or more; leave it out for no limit");
    }
    try {
      return RecorderOptions.newBuilder()
          .pids(existing(pids))
          .comms(named(comms))
          .exes(realPaths(exes))
          .cgroups(cgroupFolders())
          .program(program())
          .ports(possible(ports))
          .sources(sources.isEmpty() ? Set.of(Source.values()) : sources)
          .inherit(inherit)
          .tree(tree)
          .hooks(hooks)
          .ringBytes(limits.ringBytes())
          .limits(limits.limits())
          .commandLines(commandLines)
          .kernelTypes(btf)
          .files(files.options())
          .encryption(files.encryption())
          .redactor(redact.redactor())
          .build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Set<Integer> existing(Set<Integer> wanted) {
    for (int pid : wanted) {
      if (pid <= 0 || !Files.isDirectory(Path.of("/proc/" + pid))) {
        throw new ParameterException(spec.commandLine(), "--pid " + pid + ": no such process");
      }
      if (pid == ProcessHandle.current().pid()) {
        throw new ParameterException(
            spec.commandLine(), "--pid " + pid + " is the recorder itself");
      }
    }
    return wanted;
  }

  private Set<String> named(Set<String> names) {
    if (names.stream().anyMatch(String::isBlank)) {
      // An unset variable in a script must not stand for every process.
      throw new ParameterException(
          spec.commandLine(), "--comm '': give the name of a command, such as nginx");
    }
    return names;
  }

  private Set<Integer> possible(Set<Integer> wanted) {
    for (int port : wanted) {
      if (port < 1 || port > 65535) {
        throw new ParameterException(
            spec.commandLine(), "--port " + port + ": ports are 1 to 65535");
      }
    }
    return wanted;
  }

  private Set<Path> cgroupFolders() {
    Set<Path> folders = new LinkedHashSet<>();
    Cgroups all = Cgroups.ofThisHost();
    try {
      for (String path : cgroups) {
        folders.add(all.folder(path));
      }
      for (String id : containers) {
        folders.addAll(all.container(id));
      }
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    return folders;
  }

  private Set<Path> realPaths(Set<Path> wanted) {
    Set<Path> real = new LinkedHashSet<>();
    for (Path path : wanted) {
      try {
        real.add(path.toRealPath());
      } catch (IOException e) {
        throw new ParameterException(spec.commandLine(), "--exe " + path + ": no such file", e);
      }
    }
    return real;
  }

  private int record(Recorder recorder, RecorderOptions options, Path file)
      throws CommandFailure, IOException, BpfException {
    try (WorkloadSlot slot = new WorkloadSlot()) {
      ProgressLine progress = new ProgressLine(root);
      Instant begin = Instant.now();
      try {
        RecorderStats stats =
            recorder.record(
                file,
                () -> {
                  if (stop.isRequested()) {
                    return;
                  }
                  if (!command.isEmpty()) {
                    slot.workload = Workload.start(command);
                    recorder.addTarget(slot.workload.pid());
                  }
                  announce(options, file);
                  slot.resume();
                },
                soFar -> {
                  progress.show(soFar, Instant.now().toEpochMilli() * 1_000_000);
                  return reached(soFar, begin) || slot.hasEnded();
                });
        progress.clear();
        summarise(file, stats, Duration.between(begin, Instant.now()));
        return slot.exitCode();
      } catch (RecordingFailedException e) {
        progress.clear();
        summarise(file, e.stats(), Duration.between(begin, Instant.now()));
        throw new CommandFailure(ExitCode.IO, e.getMessage() + ": " + kept(file), e);
      }
    }
  }

  /** Says where what was recorded before a failure is. */
  private String kept(Path file) {
    if (files.rotates()) {
      return "what was recorded before is in "
          + shown(file)
          + "; a file that could not be completed is called .partial, and readable";
    }
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    if (Files.exists(partial)) {
      return "what was recorded before is in " + partial + ", which is readable but not complete";
    }
    return "what was recorded before is in " + file + ", which says what is missing";
  }

  /** Returns the file, or a pattern of the names of all files. */
  private Path shown(Path file) {
    return files.rotates()
        ? file.resolveSibling(file.getFileName().toString().replaceFirst("\\.tape$", "-*.tape"))
        : file;
  }

  private @Nullable Path program() throws IOException {
    if (command.isEmpty()) {
      return null;
    }
    String searchPath = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    Path file = Workload.find(command.get(0), searchPath).orElse(null);
    if (file == null) {
      throw new ParameterException(spec.commandLine(), command.get(0) + ": no such command");
    }
    return Workload.program(file, searchPath);
  }

  /** Holds the command, which is started after everything is attached. */
  private static final class WorkloadSlot implements AutoCloseable {
    private @Nullable Workload workload;

    void resume() throws BpfException {
      if (workload != null) {
        workload.resume();
      }
    }

    boolean hasEnded() {
      return workload != null && workload.hasEnded();
    }

    int exitCode() {
      return workload != null && workload.hasEnded() ? workload.exitCode() : ExitCode.OK;
    }

    @Override
    public void close() {
      if (workload != null) {
        workload.close();
      }
    }
  }

  private boolean reached(RecorderStats soFar, Instant begin) {
    return stop.isRequested()
        || (duration != null && Duration.between(begin, Instant.now()).compareTo(duration) >= 0)
        || (maxFileSize != null && soFar.fileBytes() >= maxFileSize.bytes())
        || (maxEvents != null && soFar.events() >= maxEvents);
  }

  private void announce(RecorderOptions options, Path file) {
    if (options.encryption() == null && options.redactor() == null) {
      root.notice(
          "recorder: bytes are stored unprotected, passwords and tokens included; only the owner"
              + " may read the file");
    }
    root.terminal()
        .err()
        .println(
            "recording "
                + (options.selectsProcesses() ? "the chosen processes" : "every process")
                + " to "
                + shown(file)
                + (command.isEmpty() ? ", Ctrl-C ends it" : ""));
  }

  private void summarise(Path file, RecorderStats stats, Duration took) {
    if (statsFormat == StatsFormat.JSON) {
      root.terminal().err().println(Summary.json(shown(file), stats, took));
    } else {
      root.notice(Summary.text(shown(file), stats, took));
    }
  }
}

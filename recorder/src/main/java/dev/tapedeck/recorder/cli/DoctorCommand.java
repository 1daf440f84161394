// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.recorder.HostChecks;
import dev.tapedeck.recorder.HostChecks.Check;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** Says whether this host can record. */
@Command(
    name = "doctor",
    description = {
      "Says whether this host can record, and what to do about each 'no'.",
      "Exit code 4 when it cannot."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {"", "Example:", "  recorder doctor --format json"})
final class DoctorCommand implements Callable<Integer> {
  private final RecorderCommand root;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, json, ndjson.")
  private OutputFormat format = OutputFormat.TABLE;

  @Option(
      names = "--btf",
      paramLabel = "FILE",
      description = "Type information of the kernel, where the kernel itself has none.")
  private @Nullable Path btf;

  DoctorCommand(RecorderCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    List<Check> checks = HostChecks.ofThisHost(btf).all();
    boolean canRecord = checks.stream().noneMatch(check -> check.required() && !check.ok());
    PrintStream out = root.terminal().out();
    switch (format) {
      case TABLE -> {
        table(checks, root.colorful() ? Ansi.ON : Ansi.OFF).forEach(out::println);
        out.println(canRecord ? "this host can record" : "this host cannot record");
      }
      case JSON -> out.println(JsonText.of(json -> write(json, canRecord, checks)));
      case NDJSON -> checks.forEach(check -> out.println(JsonText.of(json -> write(json, check))));
    }
    return canRecord ? ExitCode.OK : ExitCode.PRIVILEGE;
  }

  /** Returns the lines for a person: each check, and under each "no" what to do. */
  static List<String> table(List<Check> checks, Ansi ansi) {
    List<String> lines = new java.util.ArrayList<>();
    for (Check check : checks) {
      String mark =
          check.ok() ? "@|green yes|@" : check.required() ? "@|red,bold no |@" : "@|yellow no |@";
      lines.add(
          ansi.string(mark)
              + String.format(" %-22s %s", check.name(), check.detail()).stripTrailing());
      if (!check.ok() && !check.advice().isEmpty()) {
        lines.add(" ".repeat(27) + check.advice());
      }
    }
    return lines;
  }

  private static void write(JsonGenerator json, boolean canRecord, List<Check> checks) {
    json.writeStartObject();
    json.writeBooleanProperty("can_record", canRecord);
    json.writeArrayPropertyStart("checks");
    checks.forEach(check -> write(json, check));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Check check) {
    json.writeStartObject();
    json.writeStringProperty("name", check.name());
    json.writeBooleanProperty("ok", check.ok());
    json.writeBooleanProperty("required", check.required());
    json.writeStringProperty("detail", check.detail());
    JsonText.writeKnown(json, "advice", check.ok() ? "" : check.advice());
    json.writeEndObject();
  }
}

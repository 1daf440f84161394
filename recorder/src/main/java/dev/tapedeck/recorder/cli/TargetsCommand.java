// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.recorder.TargetInfo;
import dev.tapedeck.recorder.TargetLibrary;
import dev.tapedeck.recorder.TargetLister;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** Lists what can be recorded. */
@Command(
    name = "targets",
    description =
        "Lists the processes here with their TLS library, and whether they can be recorded.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {"", "Example:", "  recorder targets --format ndjson"})
final class TargetsCommand implements Callable<Integer> {
  private static final TargetLibrary NO_LIBRARY = new TargetLibrary("", "", "", "", "", false, "");

  private final RecorderCommand root;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, json, ndjson.")
  private OutputFormat format = OutputFormat.TABLE;

  TargetsCommand(RecorderCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    List<TargetInfo> targets = TargetLister.ofThisHost().list();
    PrintStream out = root.terminal().out();
    switch (format) {
      case TABLE -> table(targets).forEach(out::println);
      case JSON ->
          out.println(
              JsonText.of(
                  json -> {
                    json.writeStartArray();
                    targets.forEach(target -> write(json, target));
                    json.writeEndArray();
                  }));
      case NDJSON ->
          targets.forEach(target -> out.println(JsonText.of(json -> write(json, target))));
    }
    return ExitCode.OK;
  }

  /** Returns the table of some processes. */
  static List<String> table(List<TargetInfo> targets) {
    TextTable table =
        new TextTable("PID", "COMM", "TLS", "VERSION", "LINKING", "RECORDABLE", "EXE", "WHY NOT");
    for (TargetInfo target : targets) {
      if (target.libraries().isEmpty()) {
        table.row(row(target, NO_LIBRARY, target.recordable(), target.whyNot()));
      }
      for (TargetLibrary library : target.libraries()) {
        table.row(row(target, library, library.recordable(), library.whyNot()));
      }
    }
    return table.lines();
  }

  private static String[] row(
      TargetInfo target, TargetLibrary library, boolean recordable, String whyNot) {
    return new String[] {
      Integer.toString(target.pid()),
      target.comm(),
      dash(library.family()),
      dash(library.version()),
      dash(library.linking()),
      recordable ? "yes" : "no",
      dash(target.exe()),
      whyNot
    };
  }

  private static String dash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  /** Writes one process as an object. */
  static void write(JsonGenerator json, TargetInfo target) {
    json.writeStartObject();
    json.writeNumberProperty("pid", target.pid());
    json.writeStringProperty("comm", target.comm());
    JsonText.writeKnown(json, "exe", target.exe());
    JsonText.writeKnown(json, "container", target.container());
    TargetLibrary first = target.libraries().isEmpty() ? NO_LIBRARY : target.libraries().get(0);
    JsonText.writeKnown(json, "tls_library", first.path());
    JsonText.writeKnown(json, "tls_family", first.family());
    JsonText.writeKnown(json, "version", first.version());
    JsonText.writeKnown(json, "linking", first.linking());
    json.writeBooleanProperty("recordable", target.recordable());
    JsonText.writeKnown(json, "why_not", target.whyNot());
    json.writeArrayPropertyStart("libraries");
    for (TargetLibrary library : target.libraries()) {
      json.writeStartObject();
      json.writeStringProperty("path", library.path());
      json.writeStringProperty("family", library.family());
      JsonText.writeKnown(json, "version", library.version());
      JsonText.writeKnown(json, "build_id", library.buildId());
      json.writeStringProperty("linking", library.linking());
      json.writeBooleanProperty("recordable", library.recordable());
      JsonText.writeKnown(json, "why_not", library.whyNot());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import dev.tapedeck.recorder.TargetInfo;
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
      table.row(
          Integer.toString(target.pid()),
          target.comm(),
          dash(target.tlsFamily()),
          dash(target.version()),
          dash(target.linking()),
          target.recordable() ? "yes" : "no",
          dash(target.exe()),
          target.whyNot());
    }
    return table.lines();
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
    JsonText.writeKnown(json, "tls_library", target.tlsLibrary());
    JsonText.writeKnown(json, "tls_family", target.tlsFamily());
    JsonText.writeKnown(json, "version", target.version());
    JsonText.writeKnown(json, "linking", target.linking());
    json.writeBooleanProperty("recordable", target.recordable());
    JsonText.writeKnown(json, "why_not", target.whyNot());
    json.writeEndObject();
  }
}

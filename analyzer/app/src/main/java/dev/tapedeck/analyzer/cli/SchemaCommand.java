// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.Json;
import dev.tapedeck.analyzer.terminal.DisplayWidth;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureSchema;
import dev.tapedeck.format.CaptureSchema.UnknownPart;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the schema of captures. */
@Command(
    name = "schema",
    description = {
      "Prints the protobuf schema of captures, with which protoc reads what zstd unpacks.",
      "With FILE: lists what that capture holds that this version does not know."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer schema > capture.proto",
      "  zstd -dc orders.tape |",
      "    protoc --decode tapedeck.capture.v1.Capture capture.proto"
    })
final class SchemaCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "Capture file.")
  private @Nullable Path file;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "With FILE: ${COMPLETION-CANDIDATES}; table by default.")
  private OutputFormat format = OutputFormat.TABLE;

  SchemaCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    OutputStream out = root.terminal().out();
    if (file == null) {
      out.write(CaptureSchema.text().getBytes(StandardCharsets.UTF_8));
      out.flush();
      return ExitCode.OK;
    }
    Captures.check(List.of(file));
    ListOutput<UnknownPart> list =
        new ListOutput<>(
            out,
            format,
            "  COUNT  WHAT THIS VERSION DOES NOT KNOW",
            format == OutputFormat.TABLE ? SchemaCommand::line : SchemaCommand::json,
            null,
            Long.MAX_VALUE);
    try (CaptureReader reader = Captures.open(root, file, false)) {
      for (UnknownPart part : reader.unknownParts()) {
        list.add(CaptureRef.ONLY, part);
      }
    }
    list.finish();
    return ExitCode.OK;
  }

  private static void line(CaptureRef capture, UnknownPart part, OutputStream out)
      throws IOException {
    String text = DisplayWidth.padLeft(Long.toString(part.count()), 7) + "  " + part.what();
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void json(CaptureRef capture, UnknownPart part, OutputStream out)
      throws IOException {
    Json.compact(
        out,
        json -> {
          json.writeStartObject();
          json.writeStringProperty("unknown", part.what());
          json.writeNumberProperty("count", part.count());
          json.writeEndObject();
        });
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.importer.packet.PacketFiles;
import dev.tapedeck.analyzer.importer.packet.UnpackedInput;
import dev.tapedeck.analyzer.text.SafeText;
import dev.tapedeck.format.CaptureFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Files that are no captures and can become some. */
final class ForeignFile {
  private static final int BEGINNING_BYTES = 64;
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private ForeignFile() {}

  /**
   * Returns what to do with the file that was refused, as words of an error message; null when it
   * cannot be imported either, or cannot be read.
   */
  static @Nullable String importer(CaptureFormatException refused) {
    Path file = Path.of(refused.name());
    byte[] beginning;
    try (InputStream raw = Files.newInputStream(file)) {
      beginning = new UnpackedInput(raw).readNBytes(BEGINNING_BYTES);
    } catch (IOException e) {
      refused.addSuppressed(e);
      return null;
    }
    if (PacketFiles.isPackets(beginning)) {
      return "it holds packets, " + command("pcap", file);
    }
    String text = new String(beginning, StandardCharsets.UTF_8);
    String json = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    return json.stripLeading().startsWith("{")
        ? "it looks like an HTTP archive, " + command("har", file)
        : null;
  }

  private static String command(String format, Path file) {
    String name = SafeText.escape(DoctorAdvice.quoted(file.toString()));
    return "so import it: analyzer import " + format + " " + name + " -o FILE.tape";
  }
}

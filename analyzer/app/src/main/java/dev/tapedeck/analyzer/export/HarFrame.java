// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;

/**
 * An archive around entries that are written one after another, or in parts that are joined: a
 * generator stands between two entries, and what it wrote up to there went nowhere.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> the target stays open.
 */
final class HarFrame implements Closeable {
  private final Gate gate = new Gate();
  private final JsonGenerator json;

  /** Lets through what is wanted. */
  private static final class Gate extends OutputStream {
    private OutputStream target = OutputStream.nullOutputStream();

    @Override
    public void write(int value) throws IOException {
      target.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      target.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      target.flush();
    }
  }

  private HarFrame() {
    this.json = Json.indented(gate);
  }

  /** Writes the begin of an archive. */
  static void begin(OutputStream out, String creatorVersion) throws IOException {
    try (HarFrame frame = new HarFrame()) {
      frame.gate.target = out;
      frame.head(creatorVersion);
    }
  }

  /**
   * Goes to where an entry can be written.
   *
   * @param first whether there is none before
   * @param out where what follows is written
   */
  static HarFrame amid(boolean first, OutputStream out) throws IOException {
    HarFrame frame = new HarFrame();
    frame.head("");
    if (!first) {
      Json.write(frame.json::writeNull);
    }
    frame.json.flush();
    frame.gate.target = out;
    return frame;
  }

  /** Returns what writes the entries. */
  JsonGenerator json() {
    return json;
  }

  private void head(String creatorVersion) throws IOException {
    Json.write(
        () -> {
          json.writeStartObject();
          json.writeObjectPropertyStart("log");
          json.writeStringProperty("version", "1.2");
          json.writeObjectPropertyStart("creator");
          json.writeStringProperty("name", "tapedeck");
          json.writeStringProperty("version", creatorVersion);
          json.writeEndObject();
          json.writeArrayPropertyStart("entries");
          json.flush();
        });
  }

  /** Writes the end of the archive. */
  void end(boolean masked, long withoutRequest) throws IOException {
    Json.write(
        () -> {
          json.writeEndArray();
          json.writeObjectPropertyStart("_tapedeck");
          json.writeBooleanProperty("secrets_masked", masked);
          json.writeNumberProperty("exchanges_without_request", withoutRequest);
          json.writeEndObject();
          json.writeEndObject();
          json.writeEndObject();
          json.writeRaw('\n');
          json.flush();
        });
  }

  /** Drops what was not flushed. */
  @Override
  public void close() {
    gate.target = OutputStream.nullOutputStream();
    json.close();
  }
}

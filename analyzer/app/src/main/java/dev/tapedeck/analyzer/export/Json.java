// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * JSON as this tool writes it: pure ASCII, everything else escaped, so that captured text can
 * neither upset a terminal nor depend on its encoding.
 */
public final class Json {
  private static final int DELETE = 0x7f;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .highestNonEscapedChar(DELETE)
          .characterEscapes(new AsciiEscapes())
          .rootValueSeparator((String) null)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private Json() {}

  /**
   * Writes one value without white space; the stream stays open.
   *
   * @throws IOException what the stream threw, without Jackson's unchecked wrapping
   */
  public static void compact(OutputStream out, Content content) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      content.write(json);
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Writes one value with a line for each member; the stream stays open.
   *
   * @throws IOException what the stream threw, without Jackson's unchecked wrapping
   */
  public static void pretty(OutputStream out, Content content) throws IOException {
    try (JsonGenerator json = indented(out)) {
      content.write(json);
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
  }

  /** Returns a generator that indents; closing it flushes but does not close {@code out}. */
  static JsonGenerator indented(OutputStream out) {
    return FACTORY.createGenerator(new IndentedContext(), out);
  }

  /** Writes a value. */
  @FunctionalInterface
  public interface Content {
    /** Writes to a generator, which the caller closes. */
    void write(JsonGenerator json);
  }

  /**
   * Runs steps that write JSON.
   *
   * @throws IOException what the target threw, without Jackson's unchecked wrapping
   */
  static void write(Runnable steps) throws IOException {
    try {
      steps.run();
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
  }

  /** Writes a string, or null. */
  public static void string(JsonGenerator json, String name, @Nullable String value) {
    if (value == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, value);
    }
  }

  /** Writes a string, or null where "not known" is an empty one. */
  public static void known(JsonGenerator json, String name, String value) {
    string(json, name, value.isEmpty() ? null : value);
  }

  /** Writes a number, or null. */
  public static void number(JsonGenerator json, String name, @Nullable Long value) {
    if (value == null) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, value.longValue());
    }
  }

  private static final class AsciiEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      codes[DELETE] = ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null;
    }
  }

  private static final class IndentedContext extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
      return new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }
}

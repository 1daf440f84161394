// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.har;

import dev.tapedeck.analyzer.http.BodyText;
import dev.tapedeck.format.Bytes;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Content of messages as an archive writes it down. */
final class HarText {
  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([\\w.:-]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern BOUNDARY =
      Pattern.compile("boundary\\s*=\\s*\"?([^\";]+)", Pattern.CASE_INSENSITIVE);

  /** A document says its charset by itself. */
  private static final Pattern OWN_WORD =
      Pattern.compile("(?:charset|encoding)\\s*=\\s*[\"']?([\\w.:-]+)", Pattern.CASE_INSENSITIVE);

  private static final int SNIFFED = 1024;
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String DEFAULT_BOUNDARY = "----tapedeck-import";

  private HarText() {}

  /** Returns the content of a node with a text, or with parameters; null when it has neither. */
  static byte @Nullable [] content(HarNode node, String mimeType) throws HarFormatException {
    String text = node.text("text");
    if (text != null && !(text.isEmpty() && !node.list("params").isEmpty())) {
      String encoding = node.textOrEmpty("encoding") + node.textOrEmpty("_encoding");
      return encoding.equalsIgnoreCase("base64")
          ? base64(node.get("text").path(), text)
          : text.getBytes(charset(mimeType, text));
    }
    List<HarNode> params = node.list("params");
    if (params.isEmpty()) {
      return null;
    }
    return mimeType.toLowerCase(Locale.ROOT).startsWith("multipart/")
        ? multipart(params, mimeType)
        : form(params);
  }

  /**
   * Returns the content that an export of this project shows as this text, which it does where the
   * text tells all bytes; null when there is no text.
   *
   * @param length of the content; −1 when it is not known
   */
  static byte @Nullable [] exactly(HarNode node, long length) throws HarFormatException {
    String type = node.textOrEmpty("mimeType");
    String text = node.text("text");
    byte[] told = content(node, type);
    long size = node.whole("size", length);
    if (text == null
        || told == null
        || size == told.length
        || !(node.textOrEmpty("encoding") + node.textOrEmpty("_encoding")).isEmpty()) {
      return told;
    }
    List<Charset> charsets = new ArrayList<>(List.of(StandardCharsets.UTF_8));
    charsets.add(StandardCharsets.UTF_16LE);
    charsets.add(StandardCharsets.UTF_16BE);
    Matcher named = OWN_WORD.matcher(text.substring(0, Math.min(text.length(), SNIFFED)));
    while (named.find()) {
      charsets.add(charset("charset=" + named.group(1), text));
    }
    charsets.add(0, charset(type, text));
    for (Charset charset : charsets) {
      byte[] bytes = text.getBytes(charset);
      String again =
          BodyText.decode(
              Bytes.wrap(bytes, 0, bytes.length), type.equals("x-unknown") ? null : type);
      if (text.equals(again) && (size < 0 || size == bytes.length)) {
        return bytes;
      }
    }
    return told;
  }

  static byte[] base64(String path, String text) throws HarFormatException {
    try {
      String plain = text.replaceAll("\\s", "").replace('-', '+').replace('_', '/');
      return Base64.getDecoder().decode(plain);
    } catch (IllegalArgumentException e) {
      HarFormatException failure = new HarFormatException(path, "is not base64");
      failure.initCause(e);
      throw failure;
    }
  }

  /** Returns the type of a body that has a form's parameters and says nothing else. */
  static String typeOf(HarNode postData) {
    String type = postData.textOrEmpty("mimeType");
    return type.isBlank() && !postData.list("params").isEmpty() ? FORM : type;
  }

  private static Charset charset(String mimeType, String text) {
    Matcher named = CHARSET.matcher(mimeType);
    if (named.find()) {
      try {
        Charset charset = Charset.forName(named.group(1));
        if (charset.canEncode() && charset.newEncoder().canEncode(text)) {
          return charset;
        }
      } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
        // An unknown charset: the text was decoded by another one.
        return StandardCharsets.UTF_8;
      }
    }
    return StandardCharsets.UTF_8;
  }

  /** URL standard, section 5.2. */
  static String formEncoded(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (value & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || "*-._".indexOf(c) >= 0) {
        out.append(c);
      } else if (c == ' ') {
        out.append('+');
      } else {
        out.append('%').append(String.format("%02X", value));
      }
    }
    return out.toString();
  }

  /** Returns names and values as a query or a form has them. */
  static String parameters(List<HarNode> params) {
    StringBuilder out = new StringBuilder();
    for (HarNode param : params) {
      out.append(out.isEmpty() ? "" : "&")
          .append(formEncoded(param.textOrEmpty("name")))
          .append('=')
          .append(formEncoded(param.textOrEmpty("value")));
    }
    return out.toString();
  }

  private static byte[] form(List<HarNode> params) {
    return parameters(params).getBytes(StandardCharsets.US_ASCII);
  }

  /** RFC 7578. */
  private static byte[] multipart(List<HarNode> params, String mimeType) {
    Matcher named = BOUNDARY.matcher(mimeType);
    String boundary = named.find() ? named.group(1).strip() : DEFAULT_BOUNDARY;
    StringBuilder out = new StringBuilder();
    for (HarNode param : params) {
      out.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"");
      out.append(quoted(param.textOrEmpty("name"))).append('"');
      String file = param.text("fileName");
      if (file != null) {
        out.append("; filename=\"").append(quoted(file)).append('"');
      }
      String type = param.text("contentType");
      out.append(type == null ? "" : "\r\nContent-Type: " + type.replaceAll("[\\r\\n]", " "));
      out.append("\r\n\r\n").append(param.textOrEmpty("value")).append("\r\n");
    }
    out.append("--").append(boundary).append("--\r\n");
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String quoted(String text) {
    return text.replace("\"", "%22").replaceAll("[\\r\\n]", " ");
  }
}

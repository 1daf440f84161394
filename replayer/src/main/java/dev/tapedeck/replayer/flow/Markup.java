// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.replayer.splice.Coding;
import dev.tapedeck.replayer.splice.Slice;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where values stand in HTML and XML: attributes, the text of elements, and scripts. It reads
 * leniently and in one pass, as what servers send is often neither valid nor whole.
 *
 * <p>A value's selector is such as {@code input[name=csrf]@value}, {@code a@href}, {@code id#text}.
 */
final class Markup {
  private static final int NOT_FOUND = -1;

  private final String text;
  private final Visitor visitor;
  private final Map<String, Integer> counts = new HashMap<>();
  private String open = "";
  private int at;

  private Markup(String text, Visitor visitor) {
    this.text = text;
    this.visitor = visitor;
  }

  /** Is shown every value. */
  interface Visitor {
    /**
     * Takes a value.
     *
     * @param nth how many values of that selector came before
     * @param name what says best what the value is: of an input its name, of an attribute its own
     * @param field whether a browser sends the value back in a field of that name
     */
    void value(String selector, int nth, String name, boolean field, Slice slice);

    /** Takes the text of a script. */
    void script(String selector, int nth, int from, int to);
  }

  static void visit(String text, Visitor visitor) {
    new Markup(text, visitor).run();
  }

  /** Returns the nth value of a selector; null when there is none. */
  static @Nullable Slice find(String text, String wanted, int wantedNth) {
    Slice[] found = new Slice[1];
    visit(
        text,
        new Visitor() {
          @Override
          public void value(String selector, int nth, String name, boolean field, Slice slice) {
            if (nth == wantedNth && selector.equals(wanted)) {
              found[0] = slice;
            }
          }

          @Override
          public void script(String selector, int nth, int from, int to) {
            value(selector, nth, "", false, new Slice(from, to, Coding.PLAIN));
          }
        });
    return found[0];
  }

  private void run() {
    while (at < text.length()) {
      int tag = text.indexOf('<', at);
      int end = tag < 0 ? text.length() : tag;
      elementText(at, end);
      if (tag < 0) {
        return;
      }
      at = tag + 1;
      if (text.startsWith("!--", at)) {
        skipAfter("-->");
      } else if (text.startsWith("![CDATA[", at)) {
        int from = at + "![CDATA[".length();
        skipAfter("]]>");
        elementText(from, Math.max(from, at - "]]>".length()));
      } else if (at < text.length() && Words.isAlphanumeric(text.charAt(at))) {
        tag();
      } else {
        open = "";
        skipAfter(">");
      }
    }
  }

  private void skipAfter(String end) {
    int found = text.indexOf(end, at);
    at = found < 0 ? text.length() : found + end.length();
  }

  private void elementText(int from, int to) {
    int start = from;
    int end = to;
    while (start < end && text.charAt(start) <= ' ') {
      start++;
    }
    while (end > start && text.charAt(end - 1) <= ' ') {
      end--;
    }
    if (start < end && !open.isEmpty()) {
      String selector = open + "#text";
      visitor.value(selector, next(selector), open, false, new Slice(start, end, Coding.HTML));
    }
  }

  private int next(String selector) {
    return counts.merge(selector, 1, Integer::sum) - 1;
  }

  private void tag() {
    int from = at;
    while (at < text.length() && text.charAt(at) > ' ' && "/>".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String name = text.substring(from, at).toLowerCase(Locale.ROOT);
    Map<String, Slice> attributes = new LinkedHashMap<>();
    boolean closed = false;
    while (at < text.length() && text.charAt(at) != '>') {
      closed = text.charAt(at) == '/';
      attribute(attributes);
    }
    at = Math.min(at + 1, text.length());
    String key = key(attributes);
    Slice type = attributes.get("type");
    boolean hidden =
        type != null && text.substring(type.from(), type.to()).equalsIgnoreCase("hidden");
    attributes.forEach((attribute, slice) -> tell(name, attribute, key, slice, hidden));
    open = closed ? "" : name;
    if (name.equals("script") || name.equals("style")) {
      int end = text.indexOf("</" + name, at);
      end = end < 0 ? text.length() : end;
      if (name.equals("script")) {
        visitor.script("script#text", next("script#text"), at, end);
      }
      at = end;
      open = "";
    }
  }

  private void tell(String tag, String attribute, String key, Slice slice, boolean hidden) {
    boolean carries = attribute.equals("value") || attribute.equals("content");
    if (attribute.equals("name") || attribute.equals("type") || attribute.equals("class")) {
      return;
    }
    String selector = tag + (key.isEmpty() ? "" : "[" + key + "]") + "@" + attribute;
    int equals = key.indexOf('=');
    String name = carries && equals >= 0 ? key.substring(equals + 1) : attribute;
    boolean field = hidden && attribute.equals("value") && key.startsWith("name=");
    visitor.value(selector, next(selector), name, field, slice);
  }

  private String key(Map<String, Slice> attributes) {
    for (String name : new String[] {"name", "property", "id"}) {
      Slice slice = attributes.get(name);
      if (slice != null) {
        String value = text.substring(slice.from(), slice.to());
        // An id with digits is itself minted more often than not.
        if (!name.equals("id") || value.chars().noneMatch(Character::isDigit)) {
          return name + "=" + value;
        }
      }
    }
    return "";
  }

  private void attribute(Map<String, Slice> attributes) {
    char c = text.charAt(at);
    if (c <= ' ' || c == '/') {
      at++;
      return;
    }
    int from = at;
    int equals = NOT_FOUND;
    while (at < text.length() && text.charAt(at) != '>' && equals == NOT_FOUND) {
      c = text.charAt(at);
      if (c == '=') {
        equals = at;
      } else if (c <= ' ') {
        break;
      }
      at++;
    }
    if (equals == NOT_FOUND) {
      return;
    }
    String name = text.substring(from, equals).trim().toLowerCase(Locale.ROOT);
    int start = at;
    int end;
    if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
      start = at + 1;
      end = text.indexOf(text.charAt(at), start);
      end = end < 0 ? text.length() : end;
      at = Math.min(end + 1, text.length());
    } else {
      while (at < text.length() && text.charAt(at) > ' ' && text.charAt(at) != '>') {
        at++;
      }
      end = at;
    }
    attributes.putIfAbsent(name, new Slice(start, end, Coding.HTML));
  }
}

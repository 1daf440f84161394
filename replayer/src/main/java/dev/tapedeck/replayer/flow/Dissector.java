// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.replayer.splice.Coding;
import dev.tapedeck.replayer.splice.JsonSpans;
import dev.tapedeck.replayer.splice.Parameters;
import dev.tapedeck.replayer.splice.Parameters.Parameter;
import dev.tapedeck.replayer.splice.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes texts apart into the values that they are made of: whole ones first, then what is inside,
 * through every coding it knows.
 *
 * <p>Work is linear in the text but for a few levels of codings. <b>Threads:</b> confined to one.
 */
final class Dissector {
  private static final int MAX_DEPTH = 8;
  private static final int MIN_BASE64 = 8;
  private static final int MAX_CONTEXT = 48;
  private static final int MIN_CONTEXT = 6;
  private static final int MAX_WORDS = 64;
  private static final int MAX_SHAPED = 256;

  private final Trail trail;
  private final Sink sink;
  private final boolean answers;

  /**
   * Makes one.
   *
   * @param answers whether answers are taken apart: their places must be found again in other
   *     answers, those of requests in the same request only
   */
  Dissector(Trail trail, Sink sink, boolean answers) {
    this.trail = trail;
    this.sink = sink;
    this.answers = answers;
  }

  /** Takes values. */
  interface Sink {
    /**
     * Takes a value at the trail's place.
     *
     * @return whether what is inside it is of no interest any more
     */
    boolean value(String value);
  }

  /** A value as a whole, then what it is made of. */
  void leaf(String text) {
    if (text.isEmpty() || trail.depth() > MAX_DEPTH || sink.value(text) || Shape.isDate(text)) {
      return;
    }
    char first = text.charAt(0);
    if (text.indexOf('%') >= 0 && first != '/' && !text.contains("://")) {
      decoded(text, Coding.PERCENT);
    } else if (Jwt.isOne(text)) {
      jwt(text);
    } else if (first == '/' || text.startsWith("http://") || text.startsWith("https://")) {
      url(text);
    } else if ((first == '{' || first == '[') && isJson(text)) {
      json(text);
    } else if (!base64(text) && !query(text)) {
      words(text);
    }
  }

  private void decoded(String text, Coding coding) {
    String inner = coding.decode(text);
    if (inner != null && !inner.equals(text)) {
      trail.push(() -> new Step.Decoded(coding));
      leaf(inner);
      trail.pop();
    } else {
      words(text);
    }
  }

  private void jwt(String text) {
    if (!answers) {
      return; // what a client has signed cannot be changed
    }
    for (int i = 0; i < 2; i++) {
      Step.JwtPart step = new Step.JwtPart(i);
      Slice slice = step.find(text);
      String claims =
          slice == null ? null : slice.coding().decode(text.substring(slice.from(), slice.to()));
      if (claims != null) {
        trail.push(() -> step);
        json(claims);
        trail.pop();
      }
    }
  }

  private boolean base64(String text) {
    if (text.length() < MIN_BASE64 || !isMixed(text)) {
      return false;
    }
    boolean urlSafe = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
    Coding coding = urlSafe ? Coding.BASE64URL : Coding.BASE64;
    String inner = coding.decode(text);
    if (inner == null || !isPrintable(inner)) {
      return false;
    }
    trail.push(() -> new Step.Decoded(coding));
    leaf(inner);
    trail.pop();
    return true;
  }

  /** The base64 of any text of some length has letters of both cases. */
  private static boolean isMixed(String text) {
    boolean upper = false;
    boolean lower = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      upper |= c >= 'A' && c <= 'Z';
      lower |= c >= 'a' && c <= 'z';
      if (!Words.isTight(c) && c != '+' && c != '/' && c != '=') {
        return false;
      }
    }
    return upper && lower;
  }

  private static boolean isPrintable(String text) {
    return text.length() >= 3 && text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  private static boolean isJson(String text) {
    return JsonSpans.visit(text, (spans, from, to, type) -> {});
  }

  private boolean query(String text) {
    int equals = text.indexOf('=');
    if (equals <= 0 || text.indexOf('&') < equals || text.indexOf(' ') >= 0) {
      return false;
    }
    form(text);
    return true;
  }

  /** Fields of a form, of a query string that stands alone. */
  void form(String text) {
    Map<String, Integer> counts = new HashMap<>();
    for (Parameter field : Parameters.ofForm(text, 0, text.length())) {
      int nth = counts.merge(field.name(), 1, Integer::sum) - 1;
      trail.push(() -> new Step.Field(field.name(), nth));
      named(text, field, "field:" + field.name());
      trail.pop();
    }
  }

  void cookies(String text) {
    for (Parameter cookie : Parameters.ofCookies(text)) {
      trail.push(() -> new Step.Cookie(cookie.name()));
      named(text, cookie, "cookie:" + cookie.name());
      trail.pop();
    }
  }

  void multipart(String text) {
    Map<String, Integer> counts = new HashMap<>();
    for (Parameter field : MultipartForm.fields(text)) {
      int nth = counts.merge(field.name(), 1, Integer::sum) - 1;
      trail.push(() -> new Step.Multipart(field.name(), nth));
      named(text, field, "field:" + field.name());
      trail.pop();
    }
  }

  private void named(String text, Parameter parameter, @Nullable String carrier) {
    String key = trail.key();
    String owner = trail.owner();
    String before = trail.carrier();
    boolean segment = trail.segment();
    trail.names(parameter.name(), key);
    trail.carrier(carrier);
    trail.segment(false);
    slice(text, parameter.value());
    trail.names(key, owner);
    trail.carrier(before);
    trail.segment(segment);
  }

  private void slice(String text, Slice slice) {
    String inner = slice.coding().decode(text.substring(slice.from(), slice.to()));
    if (inner != null) {
      leaf(inner);
    }
  }

  /** A URL or request target. */
  void url(String text) {
    List<Slice> slices = Parameters.segments(text);
    List<String> segments = new ArrayList<>();
    for (Slice slice : slices) {
      segments.add(text.substring(slice.from(), slice.to()));
    }
    String key = trail.key();
    String owner = trail.owner();
    boolean segment = trail.segment();
    String carrier = trail.carrier();
    trail.carrier(null);
    for (int i = 0; i < slices.size(); i++) {
      int index = i;
      trail.push(() -> new Step.Segment(index));
      trail.names(Kinds.ofPath(segments, i), null);
      trail.segment(true);
      int equals = segments.get(i).indexOf('=');
      boolean parameter = equals > 0 && text.charAt(slices.get(i).from() - 1) == ';';
      if (parameter) {
        form(segments.get(i)); // such as ;jsessionid=...
      } else {
        slice(text, slices.get(i));
      }
      trail.pop();
    }
    trail.segment(false);
    Map<String, Integer> counts = new HashMap<>();
    for (Parameter parameter : Parameters.ofUrl(text)) {
      int nth = counts.merge(parameter.name(), 1, Integer::sum) - 1;
      trail.push(() -> new Step.Query(parameter.name(), nth));
      trail.names(Kinds.ofPath(segments, segments.size()), null);
      named(text, parameter, answers ? null : "field:" + parameter.name());
      trail.pop();
    }
    trail.names(key, owner);
    trail.segment(segment);
    trail.carrier(carrier);
  }

  /** JSON texts; what comes before the place where it is none counts. */
  void json(String text) {
    String key = trail.key();
    String owner = trail.owner();
    String carrier = trail.carrier();
    trail.carrier(null);
    JsonSpans.visit(
        text,
        (spans, from, to, type) -> {
          if (type == JsonSpans.Type.STRING || type == JsonSpans.Type.NUMBER) {
            Coding coding = type == JsonSpans.Type.STRING ? Coding.JSON : Coding.PLAIN;
            trail.push(() -> new Step.Json(spans.path()));
            trail.names(spans.key(), spans.owner());
            slice(text, new Slice(from, to, coding));
            trail.pop();
          }
        });
    trail.names(key, owner);
    trail.carrier(carrier);
  }

  /** HTML and XML. */
  void markup(String text) {
    Markup.visit(
        text,
        new Markup.Visitor() {
          @Override
          public void value(String selector, int nth, String name, boolean field, Slice slice) {
            trail.push(() -> new Step.Element(selector, nth));
            trail.names(name, null);
            trail.carrier(field ? "field:" + name : null);
            slice(text, slice);
            trail.carrier(null);
            trail.pop();
          }

          @Override
          public void script(String selector, int nth, int from, int to) {
            trail.push(() -> new Step.Element(selector, nth));
            trail.names(null, null);
            String script = text.substring(from, to);
            if (isJson(script)) {
              json(script);
            } else {
              words(script);
            }
            trail.pop();
          }
        });
  }

  /** The words of any other text. */
  void words(String text) {
    List<Slice> words = Words.of(text, true);
    boolean wide = words.size() != 1 || lengthOf(words.get(0)) != text.length();
    if (!wide) {
      words = Words.of(text, false);
      if (words.size() == 1 && lengthOf(words.get(0)) == text.length()) {
        return; // it is one word, and was a value already
      }
    }
    boolean byPlace = !answers || (text.length() <= MAX_SHAPED && words.size() <= MAX_WORDS);
    int count = words.size();
    for (int i = 0; i < count; i++) {
      int index = i;
      Slice slice = words.get(i);
      trail.push(
          () ->
              byPlace
                  ? new Step.Word(index, answers ? count : Step.ANY_COUNT, wide)
                  : between(text, slice.from(), slice.to()));
      leaf(text.substring(slice.from(), slice.to()));
      trail.pop();
    }
  }

  private static int lengthOf(Slice slice) {
    return slice.to() - slice.from();
  }

  /** The shortest context that tells the place from all others before it. */
  private static Step between(String text, int from, int to) {
    int start = Math.max(0, from - MIN_CONTEXT);
    while (start > 0
        && from - start < MAX_CONTEXT
        && text.indexOf(text.substring(start, from)) < start) {
      start--;
    }
    String before = text.substring(start, from);
    int nth = 0;
    int at = text.indexOf(before);
    while (at >= 0 && at < start) {
      nth++;
      at = text.indexOf(before, at + 1);
    }
    String after = to < text.length() ? text.substring(to, to + 1) : "";
    return new Step.Between(before, after, nth);
  }
}

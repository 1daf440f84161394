// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.rules;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.replayer.splice.Coding;
import dev.tapedeck.replayer.splice.EditableRequest;
import dev.tapedeck.replayer.splice.JsonSpans;
import dev.tapedeck.replayer.splice.Parameters;
import dev.tapedeck.replayer.splice.Parameters.Parameter;
import dev.tapedeck.replayer.splice.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A change of a request. Texts are bytes, one ISO 8859-1 character each.
 *
 * <p><b>Threads:</b> any.
 */
@FunctionalInterface
interface Rewrite {
  /** The pseudo-header field of HTTP/2. */
  String AUTHORITY = ":authority";

  /** Changes the request; returns whether there was anything to change. */
  boolean apply(EditableRequest request);

  /** Gives a field one line with that value: in place of its first one, or as a new one. */
  static Rewrite setField(String name, String value) {
    return request -> {
      List<String> lines = request.values(name);
      if (lines.isEmpty()) {
        request.add(name, value);
      } else {
        request.valueOfOnly(name, value);
      }
      return true;
    };
  }

  /** Sets the Host field, or in HTTP/2 the authority (RFC 9113, section 8.3.1). */
  static Rewrite setHost(String value) {
    return request -> {
      boolean authority = !request.values(AUTHORITY).isEmpty();
      return setField(authority ? AUTHORITY : "Host", value).apply(request);
    };
  }

  /** Adds a line. */
  static Rewrite addField(String name, String value) {
    return request -> {
      request.add(name, value);
      return true;
    };
  }

  /** Takes all lines of a field away. */
  static Rewrite removeField(String name) {
    return request -> request.remove(name);
  }

  /** Changes each line of a field. */
  static Rewrite changeField(String name, UnaryOperator<String> change) {
    return request -> {
      List<String> lines = request.values(name);
      boolean changed = false;
      for (int i = 0; i < lines.size(); i++) {
        String now = change.apply(lines.get(i));
        changed |= !now.equals(lines.get(i));
        request.value(name, i, now);
      }
      return changed;
    };
  }

  /** Replaces what a pattern finds in the path of the target. */
  static Rewrite changePath(Pattern pattern, String with) {
    return request -> {
      String target = request.target();
      int from = Parameters.pathFrom(target);
      int to = Parameters.pathTo(target);
      String path = target.substring(from, to);
      String now = pattern.matcher(path).replaceAll(with);
      request.target(target.substring(0, from) + now + target.substring(to));
      return !now.equals(path);
    };
  }

  /** Changes the parameters of a name in the query; null takes them away. */
  static Rewrite query(String name, @Nullable String value) {
    return request -> {
      String target = request.target();
      int from = Parameters.pathTo(target);
      if (from == target.length() || target.charAt(from) != '?') {
        return false;
      }
      int end = target.indexOf('#', from);
      int to = end < 0 ? target.length() : end;
      String query = target.substring(from + 1, to);
      String now = parameters(query, name, value);
      boolean empty = now.isEmpty() && !query.isEmpty();
      request.target(target.substring(0, empty ? from : from + 1) + now + target.substring(to));
      return !now.equals(query) || has(query, name);
    };
  }

  /** Adds a parameter to the query. */
  static Rewrite addQuery(String name, String value) {
    return request -> {
      String target = request.target();
      int end = target.indexOf('#');
      int to = end < 0 ? target.length() : end;
      String mark = target.substring(0, to).indexOf('?') < 0 ? "?" : "&";
      String added = Coding.FORM.encode(name, "") + "=" + Coding.FORM.encode(value, "");
      request.target(target.substring(0, to) + mark + added + target.substring(to));
      return true;
    };
  }

  /** Changes the fields of a name in a form; null takes them away. */
  static Rewrite form(String name, @Nullable String value) {
    return request -> {
      if (!isOfType(request, "application/x-www-form-urlencoded") || !has(request.body(), name)) {
        return false;
      }
      request.body(parameters(request.body(), name, value));
      return true;
    };
  }

  /** Changes the values at a path of a JSON body. */
  static Rewrite json(JsonPathPattern path, String value) {
    return request -> {
      String body = request.body();
      List<Slice> slices = new ArrayList<>(JsonSpans.find(body, path));
      for (int i = slices.size() - 1; i >= 0; i--) {
        Slice slice = slices.get(i);
        String raw = body.substring(slice.from(), slice.to());
        boolean quoted = slice.coding() == Coding.JSON;
        String text = quoted ? Coding.JSON.encode(value, raw) : jsonOf(value);
        body = body.substring(0, slice.from()) + text + body.substring(slice.to());
      }
      request.body(body);
      return !slices.isEmpty();
    };
  }

  /** A value that stands where no string stood is JSON when it can be. */
  private static String jsonOf(String value) {
    return JsonSpans.visit(value, (spans, from, to, type) -> {})
        ? value
        : '"' + Coding.JSON.encode(value, "") + '"';
  }

  private static boolean isOfType(EditableRequest request, String type) {
    return request.values("content-type").stream()
        .anyMatch(value -> value.regionMatches(true, 0, type, 0, type.length()));
  }

  private static boolean has(String text, String name) {
    return Parameters.ofForm(text, 0, text.length()).stream().anyMatch(p -> p.name().equals(name));
  }

  private static String parameters(String text, String name, @Nullable String value) {
    String now = text;
    List<Parameter> all = Parameters.ofForm(text, 0, text.length());
    for (int i = all.size() - 1; i >= 0; i--) {
      Parameter parameter = all.get(i);
      if (!parameter.name().equals(name)) {
        continue;
      }
      int from = parameter.value().from();
      int to = parameter.value().to();
      if (value != null) {
        String raw = now.substring(from, to);
        now = now.substring(0, from) + Coding.FORM.encode(value, raw) + now.substring(to);
      } else if (to < now.length()) {
        now = now.substring(0, parameter.nameFrom()) + now.substring(to + 1);
      } else {
        now = now.substring(0, Math.max(parameter.nameFrom() - 1, 0));
      }
    }
    return now;
  }
}

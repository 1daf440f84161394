// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A case of llhttp's tests: an input, and what its callbacks told of it.
 *
 * @param name of the file with the headings above the case
 * @param type such as {@code request} or {@code response-lenient-all}
 * @param input characters that are bytes
 * @param told what the callbacks told, in our words
 * @param error why llhttp stopped there; null when it read all
 */
record LlhttpCase(
    String name, String type, String input, List<String> told, @Nullable String error) {
  private static final Pattern CASE =
      Pattern.compile(
          "(?m)^(#+) +(.*)$|<!-- meta=\\{.*?\"type\" *: *\"([^\"]*)\".*?-->"
              + "|```http\n([^`]*?)```[^`]*```log\n([\\s\\S]*?)```");
  private static final Pattern SPAN =
      Pattern.compile("off=(\\d+) len=(\\d+) span\\[([a-z_]+)\\]=.*");
  private static final Pattern POINT = Pattern.compile("off=(\\d+) (.*)");

  /** Returns the cases of a file of them. */
  static List<LlhttpCase> parse(String file, String text) {
    List<LlhttpCase> cases = new ArrayList<>();
    Map<Integer, String> headings = new LinkedHashMap<>();
    Map<String, Integer> seen = new LinkedHashMap<>();
    String type = "";
    Matcher matcher = CASE.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1) != null) {
        int depth = matcher.group(1).length();
        headings.keySet().removeIf(other -> other >= depth);
        headings.put(depth, matcher.group(2).strip());
      } else if (matcher.group(3) != null) {
        type = matcher.group(3);
      } else {
        headings.remove(1);
        String name = file + " " + String.join(" / ", headings.values());
        int times = seen.merge(name, 1, Integer::sum);
        String input = unescape(matcher.group(4));
        cases.add(of(times > 1 ? name + " #" + times : name, type, input, matcher.group(5)));
      }
    }
    return cases;
  }

  /** As llhttp's own tests read their inputs: lines end in CR LF, but for what is escaped. */
  private static String unescape(String block) {
    String input = block.replaceFirst("\n$", "").replaceAll("\\\\\n", "").replace("\n", "\r\n");
    input = input.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
    input = input.replace("\\f", "\f");
    String characters =
        Pattern.compile("\\\\x([0-9a-fA-F]+)")
            .matcher(input)
            .replaceAll(hex -> Matcher.quoteReplacement(character(hex.group(1))));
    return new String(characters.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String character(String digits) {
    return String.valueOf((char) Integer.parseInt(digits, 16));
  }

  private static LlhttpCase of(String name, String type, String input, String log) {
    List<String> told = new ArrayList<>();
    Map<String, String> spans = new LinkedHashMap<>();
    StringBuilder body = new StringBuilder();
    String error = null;
    int from = -1;
    String pending = "";
    for (String line : log.lines().toList()) {
      Matcher span = SPAN.matcher(line);
      Matcher point = POINT.matcher(line);
      if (span.matches()) {
        int at = Integer.parseInt(span.group(1));
        String bytes = input.substring(at, at + Integer.parseInt(span.group(2)));
        if (span.group(3).equals("body")) {
          body.append(bytes);
        } else {
          from = spans.containsKey(span.group(3)) ? from : at;
          spans.merge(span.group(3), bytes, String::concat);
        }
      } else if (point.matches()) {
        String what = point.group(2);
        String key = what.replace(" complete", "");
        if (what.startsWith("error")) {
          error = what.replaceFirst("error code=\\d+ reason=", "").replace("\"", "");
        } else if (what.equals("message begin")) {
          told.add("begin");
        } else if (what.equals("message complete")) {
          told.add("body " + body);
          told.add("complete @" + point.group(1));
          body.setLength(0);
        } else if (what.startsWith("headers complete")) {
          told.add("head @" + point.group(1));
        } else if (what.startsWith("chunk header")) {
          told.add("chunk " + what.replaceFirst(".*len=", ""));
        } else if (key.equals("header_field")) {
          pending = "field " + spans.getOrDefault(key, "") + " @" + from + ": ";
        } else if (key.equals("header_value")) {
          String value = spans.getOrDefault(key, "").strip();
          told.add(pending + value + (value.isEmpty() ? "" : " @" + from));
        } else if (List.of("method", "url", "version", "status").contains(key)) {
          told.add(key + " " + spans.getOrDefault(key, ""));
        }
        if (what.endsWith("complete")) {
          spans.remove(key);
        }
      }
    }
    if (body.length() > 0) {
      told.add("body " + body);
    }
    return new LlhttpCase(name, type, input, told, error);
  }

  /** Returns whether it stopped inside a message, be it by an error or by the input's end. */
  boolean endsInMessage() {
    return told.isEmpty() || !told.get(told.size() - 1).startsWith("complete");
  }

  boolean isRequest() {
    return type.startsWith("request");
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.analyzer.rules.JsonPathPattern;
import dev.tapedeck.replayer.rules.VolatileRule;
import dev.tapedeck.replayer.volatility.ArrayType;
import dev.tapedeck.replayer.volatility.JwtType;
import dev.tapedeck.replayer.volatility.LengthRange;
import dev.tapedeck.replayer.volatility.TextType;
import dev.tapedeck.replayer.volatility.TimeFormat;
import dev.tapedeck.replayer.volatility.TimeType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Settles the volatile values of two JSON documents: what is as a rule says is replaced by
 * something that is the same in both, so that arrays align; what is not stays and differs.
 */
final class VolatileJson {
  private final Moments moments;
  private final List<JsonNode> tokens = new ArrayList<>();
  private JsonNode before;
  private JsonNode now;
  private int excused;

  VolatileJson(Moments moments, JsonNode before, JsonNode now) {
    this.moments = moments;
    this.before = before;
    this.now = now;
  }

  JsonNode before() {
    return before;
  }

  JsonNode now() {
    return now;
  }

  /** Returns how many rules made a difference. */
  int excused() {
    return excused;
  }

  /** Returns the objects that stand for tokens: what they hold is as secret as these. */
  List<JsonNode> tokens() {
    return tokens;
  }

  /** Applies a rule. */
  void settle(VolatileRule rule, JsonPathPattern path) {
    List<JsonNode> was = new ArrayList<>();
    List<JsonNode> is = new ArrayList<>();
    if (rule.type() instanceof JwtType jwt) {
      settleTokens(rule, jwt, path, was, is);
    } else if (rule.type() instanceof ArrayType array) {
      settleArrays(rule, array, path, was, is);
    } else {
      VolatileCheck check = new VolatileCheck(rule, rule.type(), moments);
      before = replace(before, path, was, value -> scalar(rule, value, check::recorded));
      now = replace(now, path, is, value -> scalar(rule, value, check::now));
    }
    if (!was.isEmpty() || !is.isEmpty()) {
      rule.used();
    }
    if (!was.equals(is)) {
      excused++;
    }
  }

  /** Replaces what the function settles; lists the values that were there. */
  private static JsonNode replace(
      JsonNode root,
      JsonPathPattern path,
      List<JsonNode> seen,
      Function<JsonNode, JsonNode> settle) {
    return JsonWalk.replace(
        root,
        path,
        value -> {
          if (Settled.of(value) != null) {
            return value;
          }
          JsonNode settled = settle.apply(value);
          if (!settled.equals(value)) {
            seen.add(value);
          }
          return settled;
        });
  }

  private static JsonNode scalar(
      VolatileRule rule, JsonNode value, Function<String, @Nullable String> check) {
    if (value.isNull()) {
      return rule.nullable() ? Settled.node(rule, "", value) : value;
    }
    boolean isScalar =
        value.isString()
            || value.isNumber()
            || (value.isBoolean() && rule.type() instanceof TextType);
    String steady = isScalar ? check.apply(value.asString()) : null;
    return steady == null ? value : Settled.node(rule, steady, value);
  }

  /** Removes a member that may be missing where only one of the documents has it. */
  void settleMissing(VolatileRule rule, JsonPathPattern path) {
    int[] count = new int[2];
    JsonWalk.replace(before, path, value -> counted(value, count, 0));
    JsonWalk.replace(now, path, value -> counted(value, count, 1));
    if (count[0] != count[1]) {
      rule.used();
      excused++;
      JsonWalk.edit(before, path, value -> Settled.of(value) == null ? value : null);
      JsonWalk.edit(now, path, value -> Settled.of(value) == null ? value : null);
    }
  }

  private static JsonNode counted(JsonNode value, int[] count, int place) {
    count[place] += Settled.of(value) == null ? 0 : 1;
    return value;
  }

  private void settleArrays(
      VolatileRule rule,
      ArrayType type,
      JsonPathPattern path,
      List<JsonNode> was,
      List<JsonNode> is) {
    Set<String> shapes = new HashSet<>();
    before =
        replace(
            before,
            path,
            was,
            value -> {
              if (!value.isArray()) {
                return value;
              }
              value.forEach(element -> shapes.add(shape(element)));
              return Settled.node(rule, "", value);
            });
    now =
        replace(
            now,
            path,
            is,
            value -> {
              boolean fits =
                  value instanceof ArrayNode array
                      && array.size() >= type.minItems()
                      && array.size() <= type.maxItems()
                      && (shapes.isEmpty()
                          || array.valueStream().allMatch(one -> shapes.contains(shape(one))));
              return fits ? Settled.node(rule, "", value) : value;
            });
  }

  /** What is the same of two elements that are alike: their type, and those of their members. */
  private static String shape(JsonNode element) {
    if (!element.isObject()) {
      return element.getNodeType().name();
    }
    Map<String, String> members = new TreeMap<>();
    element
        .properties()
        .forEach(
            member -> {
              Settled settled = Settled.of(member.getValue());
              JsonNode value = settled == null ? member.getValue() : settled.value();
              members.put(member.getKey(), value.getNodeType().name());
            });
    return members.toString();
  }

  /**
   * Tokens are compared by claims; the registered ones that change are settled as what they are.
   */
  private void settleTokens(
      VolatileRule rule,
      JwtType type,
      JsonPathPattern path,
      List<JsonNode> was,
      List<JsonNode> is) {
    Map<String, VolatileCheck> checks = new TreeMap<>();
    TimeType time = new TimeType(List.of(TimeFormat.UNIX), null, type.within());
    for (String claim : JwtType.TIME_CLAIMS) {
      checks.put(claim, new VolatileCheck(rule, time, moments));
    }
    TextType id = new TextType(null, LengthRange.NOT_EMPTY, List.of());
    checks.put(JwtType.ID_CLAIM, new VolatileCheck(rule, id, moments));
    before = replace(before, path, was, value -> token(value, checks, true));
    now = replace(now, path, is, value -> token(value, checks, false));
  }

  private JsonNode token(JsonNode value, Map<String, VolatileCheck> checks, boolean recorded) {
    ObjectNode token = value.isString() ? JwtType.decode(value.stringValue()) : null;
    if (token == null) {
      return value;
    }
    if (token.get("claims") instanceof ObjectNode claims) {
      checks.forEach(
          (claim, check) -> {
            JsonNode told = claims.get(claim);
            if (told != null) {
              claims.set(
                  claim, scalar(check.rule(), told, recorded ? check::recorded : check::now));
            }
          });
    }
    tokens.add(token);
    return token;
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.replayer.splice.EditableRequest;
import dev.tapedeck.replayer.splice.Parameters;
import dev.tapedeck.replayer.splice.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Carries values over from live answers to the requests that follow.
 *
 * <p><b>Lifecycle:</b> {@link #answered} for each answer before a request that {@link #mintsOf}
 * names it is written; then {@link #missing} and {@link #write}.
 *
 * <p><b>Threads:</b> any.
 */
public final class LiveFlows {
  private final List<Flow> flows;
  private final IntFunction<Exchange> exchanges;
  private final Map<Integer, List<Integer>> minted = new HashMap<>();
  private final Map<Integer, List<Integer>> used = new HashMap<>();

  /** The same of messages behind an upgrade, by exchange and message. */
  private final Map<Integer, Map<Integer, List<Integer>>> usedInMessages = new HashMap<>();

  private final Map<String, Set<Place>> places = new HashMap<>();
  private final AtomicReferenceArray<@Nullable String> values;
  private final Map<String, Set<String>> names = new ConcurrentHashMap<>();
  private final Map<String, String> taken = new ConcurrentHashMap<>();

  /**
   * Makes one for a replay.
   *
   * @param flows what is carried over
   * @param exchanges gives the recorded exchange of a 0-based number
   */
  public LiveFlows(List<Flow> flows, IntFunction<Exchange> exchanges) {
    this.flows = List.copyOf(flows);
    this.exchanges = exchanges;
    this.values = new AtomicReferenceArray<>(flows.size());
    for (int i = 0; i < flows.size(); i++) {
      Flow flow = flows.get(i);
      minted.computeIfAbsent(flow.mint(), unused -> new ArrayList<>()).add(i);
      HttpRequest request = exchanges.apply(flow.mint()).request();
      if (request != null && !(flow.extractors().get(0).part() instanceof Part.Message)) {
        places
            .computeIfAbsent(endpoint(request.method(), request.target()), k -> new HashSet<>())
            .add(flow.extractors().get(0));
      }
      for (FlowUse use : flow.uses()) {
        List<Integer> own =
            use.inMessage()
                ? usedInMessages
                    .computeIfAbsent(use.exchange(), unused -> new HashMap<>())
                    .computeIfAbsent(use.message(), unused -> new ArrayList<>())
                : used.computeIfAbsent(use.exchange(), unused -> new ArrayList<>());
        if (!own.contains(i)) {
          own.add(i);
        }
      }
    }
  }

  /** Returns the exchanges whose live answers a request needs. */
  public Set<Integer> mintsOf(int exchange) {
    Set<Integer> mints = new TreeSet<>();
    for (int flow : used.getOrDefault(exchange, List.of())) {
      mints.add(flows.get(flow).mint());
    }
    return mints;
  }

  /** Requests that differ in their ids alone mint the same things. */
  private static String endpoint(String method, String target) {
    StringBuilder endpoint = new StringBuilder(method);
    for (Slice slice : Parameters.segments(target)) {
      String segment = target.substring(slice.from(), slice.to());
      endpoint.append('/').append(Shape.of(segment).compareTo(Shape.SHORT) < 0 ? segment : "*");
    }
    return endpoint.toString();
  }

  /**
   * Returns whether the answer to a request may hold values that are needed.
   *
   * @param method of the recorded request
   * @param target of the recorded request
   */
  public boolean isConcerned(int exchange, String method, String target) {
    return minted.containsKey(exchange)
        || used.containsKey(exchange)
        || places.containsKey(endpoint(method, target));
  }

  /**
   * Takes the values of a live answer.
   *
   * @param answer whole, with its content codings undone
   */
  public void answered(int exchange, HttpResponse answer) {
    for (int number : minted.getOrDefault(exchange, List.of())) {
      String value = read(flows.get(number), answer);
      if (value != null) {
        values.set(number, value);
        rename(flows.get(number).extractors().get(0), flows.get(number).value(), value);
      }
    }
    renew(exchange, answer);
    renameUnused(exchange, answer);
  }

  /**
   * Takes the values of a message that the server sent behind an upgrade.
   *
   * @param index of the message among the server's
   * @param text its payload, a character a byte
   */
  public void heard(int exchange, int index, String text) {
    for (int number : minted.getOrDefault(exchange, List.of())) {
      Flow flow = flows.get(number);
      for (Place place : flow.extractors()) {
        boolean here = place.part() instanceof Part.Message part && part.index() == index;
        String value = here && values.get(number) == null ? place.read(text) : null;
        if (value != null && isCarriable(value)) {
          values.set(number, value);
          rename(place, flow.value(), value);
          break;
        }
      }
    }
  }

  /** Returns whether messages of that exchange have minted all that they have to. */
  public boolean hasHeardAll(int exchange) {
    boolean any = false;
    for (int number : minted.getOrDefault(exchange, List.of())) {
      if (flows.get(number).extractors().get(0).part() instanceof Part.Message) {
        any = true;
        if (values.get(number) == null) {
          return false;
        }
      }
    }
    return any;
  }

  /**
   * Returns the payload of a message with live values; null while no answer gave one of them.
   *
   * @param index of the message among the client's
   * @param text its recorded payload, a character a byte
   */
  public @Nullable String message(int exchange, int index, String text) {
    List<Integer> own =
        usedInMessages.getOrDefault(exchange, Map.of()).getOrDefault(index, List.of());
    List<Write> writes = new ArrayList<>();
    for (int number : own) {
      Flow flow = flows.get(number);
      String value = values.get(number);
      if (value == null) {
        return null;
      }
      for (FlowUse use : flow.uses()) {
        boolean here = use.exchange() == exchange && use.inMessage() && use.message() == index;
        if (here && !value.equals(flow.value())) {
          writes.add(new Write(use.place(), value, text));
        }
      }
    }
    writes.sort(Write::fromTheEnd);
    String changed = text;
    for (Write write : writes) {
      changed = write.place().write(changed, write.value());
    }
    return changed;
  }

  /**
   * Where one exchange mints a value that is sent back, others like it mint values that nobody
   * sends back; they have other names now too.
   */
  private void renameUnused(int exchange, HttpResponse answer) {
    Exchange one = exchanges.apply(exchange);
    HttpRequest request = one.request();
    HttpResponse recorded = one.response();
    if (request == null || recorded == null) {
      return;
    }
    for (Place place :
        places.getOrDefault(endpoint(request.method(), request.target()), Set.of())) {
      String before = MessageParts.of(recorded, place.part());
      String now = MessageParts.of(answer, place.part());
      List<String> old = before == null ? List.of() : place.readAll(before);
      List<String> live = now == null ? List.of() : place.readAll(now);
      for (int i = 0; i < old.size() && old.size() == live.size(); i++) {
        rename(place, old.get(i), live.get(i));
      }
    }
  }

  /**
   * A renaming is one to one: a live value that stands for two recorded ones of a kind is a
   * difference, and stays one.
   */
  private void rename(Place place, String recorded, String value) {
    String kind = Shape.of(value) == Shape.SHORT ? place.anyElement() + "\0" : "";
    String first = taken.putIfAbsent(kind + value, recorded);
    if (!value.equals(recorded) && (first == null || first.equals(recorded))) {
      names.computeIfAbsent(recorded, unused -> ConcurrentHashMap.newKeySet()).add(value);
    }
  }

  /** A line break in a field would begin another one (RFC 9110, section 5.5). */
  private static boolean isCarriable(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c >= ' ' && c != 0x7f);
  }

  private @Nullable String read(Flow flow, HttpResponse answer) {
    for (Place place : flow.extractors()) {
      String text = MessageParts.of(answer, place.part());
      String value = text == null ? null : place.read(text);
      if (value != null && isCarriable(value)) {
        return isStillListed(flow, place, text) ? flow.value() : value;
      }
    }
    return null;
  }

  /**
   * Whether the answer still lists all that was recorded, though maybe elsewhere: then recorded
   * values mean what they meant.
   */
  private boolean isStillListed(Flow flow, Place place, @Nullable String live) {
    HttpResponse recorded = exchanges.apply(flow.mint()).response();
    String before = recorded == null ? null : MessageParts.of(recorded, place.part());
    if (live == null || before == null || !place.isListed()) {
      return false;
    }
    Set<String> now = new HashSet<>(place.readAll(live));
    return now.contains(flow.value()) && now.containsAll(place.readAll(before));
  }

  /** A server that gives a client another cookie than recorded means it from then on. */
  private void renew(int exchange, HttpResponse answer) {
    List<Integer> own = used.getOrDefault(exchange, List.of());
    if (own.isEmpty() || answer.headers().first("set-cookie") == null) {
      return;
    }
    HttpResponse recorded = exchanges.apply(exchange).response();
    for (int number : own) {
      Flow flow = flows.get(number);
      Part part = flow.extractors().get(0).part();
      if (part instanceof Part.SetCookie
          && flow.extractors().get(0).steps().isEmpty()
          && (recorded == null || MessageParts.of(recorded, part) == null)) {
        String value = MessageParts.of(answer, part);
        if (value != null) {
          values.set(number, value);
          rename(flow.extractors().get(0), flow.value(), value);
        }
      }
    }
  }

  /** Returns the first flow of which a request needs a value that no live answer gave. */
  public @Nullable Flow missing(int exchange) {
    for (int number : used.getOrDefault(exchange, List.of())) {
      if (values.get(number) == null) {
        return flows.get(number);
      }
    }
    return null;
  }

  /** Writes live values into a request; {@link #missing} said that none is missing. */
  public void write(int exchange, EditableRequest request) {
    List<Write> writes = new ArrayList<>();
    for (int number : used.getOrDefault(exchange, List.of())) {
      Flow flow = flows.get(number);
      String value = values.get(number);
      if (value == null) {
        throw new IllegalStateException("exchange=" + exchange + " flow=" + number);
      }
      for (FlowUse use : flow.uses()) {
        if (use.exchange() == exchange && !use.inMessage() && !value.equals(flow.value())) {
          writes.add(new Write(use.place(), value, text(request, use.place().part())));
        }
      }
    }
    // From the end to the begin, so that no place moves before its turn.
    writes.sort(Write::fromTheEnd);
    for (Write write : writes) {
      Part part = write.place().part();
      String changed = write.place().write(text(request, part), write.value());
      if (part instanceof Part.Target) {
        request.target(changed);
      } else if (part instanceof Part.Header header) {
        request.value(header.name(), header.nth(), changed);
      } else {
        request.body(changed);
      }
    }
  }

  private static String text(EditableRequest request, Part part) {
    if (part instanceof Part.Target) {
      return request.target();
    }
    return part instanceof Part.Header header
        ? request.values(header.name()).get(header.nth())
        : request.body();
  }

  /** A value that goes to a place of a text. */
  private record Write(Place place, String value, String text) {
    int fromTheEnd(Write other) {
      return Place.fromTheEnd(place.offsets(text), other.place().offsets(other.text()));
    }
  }

  /** Returns whether a request carries a value that is another one now. */
  public boolean changes(int exchange) {
    for (int number : used.getOrDefault(exchange, List.of())) {
      if (!flows.get(number).value().equals(values.get(number))) {
        return true;
      }
    }
    return false;
  }

  /** Returns what recorded values have become, as far as is known; it grows during the replay. */
  public Map<String, Set<String>> names() {
    return Collections.unmodifiableMap(names);
  }
}

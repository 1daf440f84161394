// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Short ids, such as numbers, that a request calls otherwise than the recorded one did, and that
 * its answer then has to call so too. A short value means something only together with what it is
 * an id of: an amount that happens to be the same number stays.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class IdRenaming {
  /** Each place takes a walk through its text. */
  private static final int MOST_PLACES = 256;

  private final Map<String, String> names = new HashMap<>();

  /** What the recorded values are ids of, as {@code kind\0value}. */
  private final Set<String> ids = new HashSet<>();

  private final Trail trail = new Trail();

  /**
   * Makes one.
   *
   * @param recorded the request as recorded
   * @param renamed recorded values that it has, and what the request has instead
   */
  public IdRenaming(HttpRequest recorded, Map<String, String> renamed) {
    renamed.forEach(
        (value, now) -> {
          if (!RandomValues.isOne(value)) {
            names.put(value, now);
          }
        });
    if (!names.isEmpty()) {
      new MessageWalk(trail, this::noteId).request(recorded);
    }
  }

  private boolean noteId(String value) {
    if (names.containsKey(value) && trail.saysId()) {
      trail.kinds().forEach(kind -> ids.add(kind + "\0" + value));
    }
    return false;
  }

  /**
   * Texts of an answer that change.
   *
   * @param content null when it stays
   * @param fields values by {@code name:n}, the name in lower case and which line of it, from 0
   */
  public record Changed(@Nullable String content, Map<String, String> fields) {
    public Changed {
      fields = Map.copyOf(fields);
    }
  }

  /** Returns what of an answer changes. */
  public Changed in(Exchange exchange, HttpResponse answer) {
    Map<String, List<Place>> places = new LinkedHashMap<>();
    Map<Place, String> values = new HashMap<>();
    if (!ids.isEmpty()) {
      new MessageWalk(trail, value -> note(value, places, values)).answer(exchange, answer);
    }
    String content = null;
    Map<String, String> fields = new HashMap<>();
    for (List<Place> own : places.values()) {
      Part part = own.get(0).part();
      String text = MessageParts.of(answer, part);
      if (text == null) {
        continue;
      }
      String changed = write(text, own, values);
      if (part instanceof Part.Body) {
        content = changed;
      } else if (part instanceof Part.Header header) {
        fields.put(header.name() + ":" + header.nth(), changed);
      }
    }
    return new Changed(content, fields);
  }

  private boolean note(String value, Map<String, List<Place>> places, Map<Place, String> values) {
    String now = names.get(value);
    boolean meant =
        now != null
            && values.size() < MOST_PLACES
            && trail.saysId()
            && trail.kinds().stream().anyMatch(kind -> ids.contains(kind + "\0" + value));
    if (meant && now != null) {
      Place place = trail.place();
      places.computeIfAbsent(place.part().toString(), unused -> new ArrayList<>()).add(place);
      values.put(place, now);
    }
    return meant;
  }

  /** From the end to the begin, so that no place moves before its turn. */
  private static String write(String text, List<Place> places, Map<Place, String> values) {
    List<Place> fromTheEnd = new ArrayList<>(places);
    fromTheEnd.sort((one, other) -> Place.fromTheEnd(one.offsets(text), other.offsets(text)));
    String changed = text;
    for (Place place : fromTheEnd) {
      changed = place.write(changed, values.getOrDefault(place, ""));
    }
    return changed;
  }
}

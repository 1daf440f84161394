// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.flow;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpRequest;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.StreamMessage;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.splice.Coding;
import dev.tapedeck.replayer.websocket.WebSocketScript;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the values that a recorded answer minted and a later recorded request sent back, on any
 * connection.
 *
 * <p>An answer mints a value when it is whole before the request begins, when no earlier request
 * held the value or all that it is made of, and when the value is no constant. Two values that are
 * equal are one when they are too long to be equal by chance; of short ones the names around both
 * places must agree, or the client must be one that sends back what it was given under that name,
 * as browsers do cookies and hidden fields.
 *
 * <p>Two passes: one takes the digests of all that requests hold, the other goes through requests
 * and answers by time and keeps only what the first has seen. Work is linear in the bytes; memory
 * grows with what requests hold, not with the answers.
 *
 * <p><b>Lifecycle:</b> used once. <b>Threads:</b> confined to one.
 */
public final class FlowFinder {
  /** A short value that several sessions were given is kept for so many of them. */
  private static final int MAX_SESSIONS = 16;

  /** Words that hidden fields and cookies hold are minted from this length on. */
  private static final int MINTED_WORD = 12;

  /** What so many answers and more hold, and most of them, is a constant. */
  private static final int MIN_REPEATS = 4;

  private static final double MOST = 0.8;

  private static final String ANY = "*";

  private final int count;
  private final IntFunction<Exchange> exchanges;
  private final LongSet wanted = new LongSet();
  private final LongSet chosen = new LongSet();
  private final LongSet chosenWords = new LongSet();
  private final Map<String, Minting> minted = new HashMap<>();
  private final Trail trail = new Trail();
  private int answers;
  private int current;
  private @Nullable Exchange exchange;

  private FlowFinder(int count, IntFunction<Exchange> exchanges) {
    this.count = count;
    this.exchanges = exchanges;
  }

  /**
   * Returns the flows among exchanges.
   *
   * @param count how many exchanges there are
   * @param exchanges gives the exchange of a 0-based number, the same on each call; it is asked
   *     three times for each
   */
  public static List<Flow> find(int count, IntFunction<Exchange> exchanges) {
    return new FlowFinder(count, exchanges).run();
  }

  /**
   * A request that begins or an answer that is whole, or a message behind an upgrade.
   *
   * @param message null for request and answer themselves
   * @param index of the message among those of its sender
   */
  private record Moment(
      long nanos, boolean request, int number, @Nullable StreamMessage message, int index) {}

  private List<Flow> run() {
    MessageWalk first = new MessageWalk(trail, this::want);
    List<Moment> moments = new ArrayList<>(2 * count);
    for (int i = 0; i < count; i++) {
      Exchange one = exchanges.apply(i);
      HttpRequest request = one.request();
      if (request != null) {
        first.request(request);
        moments.add(new Moment(one.startedEpochNanos(), true, i, null, 0));
      }
      if (one.response() != null) {
        moments.add(new Moment(one.endedEpochNanos(), false, i, null, 0));
      }
      if (WebSocketScript.isIn(one)) {
        addMessages(one, i, first, moments);
      }
    }
    // What ended when a request began was there for it.
    moments.sort(Comparator.comparingLong(Moment::nanos).thenComparing(Moment::request));
    MessageWalk requests = new MessageWalk(trail, this::send);
    MessageWalk minting = new MessageWalk(trail, this::mint);
    for (Moment moment : moments) {
      Exchange one = exchanges.apply(moment.number());
      current = moment.number();
      exchange = one;
      HttpRequest request = one.request();
      HttpResponse response = one.response();
      if (moment.message() != null) {
        MessageWalk walk = moment.request() ? requests : minting;
        walk.message(one, moment.index(), moment.message());
      } else if (moment.request() && request != null) {
        requests.request(request);
      } else if (response != null) {
        answers++;
        minting.answer(one, response);
      }
    }
    return flows();
  }

  private static void addMessages(
      Exchange one, int number, MessageWalk first, List<Moment> moments) {
    List<StreamMessage> said = MessageParts.messages(one, Role.CLIENT);
    for (int i = 0; i < said.size(); i++) {
      first.message(one, i, said.get(i));
      long nanos = said.get(i).span().firstEpochNanos();
      moments.add(new Moment(nanos, true, number, said.get(i), i));
    }
    List<StreamMessage> heard = MessageParts.messages(one, Role.SERVER);
    for (int i = 0; i < heard.size(); i++) {
      long nanos = heard.get(i).span().lastEpochNanos();
      moments.add(new Moment(nanos, false, number, heard.get(i), i));
    }
  }

  private boolean want(String value) {
    if (Shape.of(value) != Shape.NOTHING || isValidator()) {
      wanted.add(value);
    }
    return false;
  }

  private boolean isValidator() {
    String carrier = trail.carrier();
    return carrier != null && carrier.startsWith("validator:");
  }

  /** A value of an answer. */
  private boolean mint(String value) {
    if (!wanted.contains(value)) {
      return false; // as nearly all
    }
    Shape shape = Shape.of(value);
    boolean validator = isValidator();
    if (shape == Shape.NOTHING && !validator) {
      return false;
    }
    String carrier = trail.carrier();
    if (validator) {
      offer(carrier + "\0" + value, value, shape);
    } else if (shape.compareTo(Shape.TOKEN) >= 0) {
      offer(value, value, shape);
    } else if (carrier != null && isCarried(carrier, value, shape)) {
      offer(carrier + "\0" + value, value, shape);
    }
    if (shape == Shape.SHORT && !value.equals("0")) {
      for (String kind : trail.kinds()) {
        if (!Kinds.isNoId(kind)) {
          offer(kind + "\0" + value, value, shape);
        }
      }
      if (trail.saysId() && isCreation()) {
        offer(ANY + "\0" + value, value, shape);
      }
    }
    return false;
  }

  private static boolean isCarried(String carrier, String value, Shape shape) {
    String name = carrier.substring(carrier.indexOf(':') + 1);
    return shape == Shape.SHORT
        ? !Kinds.isNoId(Kinds.of(name).kind())
        : value.length() >= MINTED_WORD;
  }

  private boolean isCreation() {
    HttpRequest request = exchange == null ? null : exchange.request();
    return request != null && (request.method().equals("POST") || request.method().equals("PUT"));
  }

  private void offer(String key, String value, Shape shape) {
    Minting known = minted.get(key);
    if (known == null) {
      if (!chosen.contains(key) && !(shape != Shape.SHORT && isDerived(value))) {
        minted.put(key, minting(value, shape));
      }
      return;
    }
    known.seenAgain(current);
    Minting last = known;
    boolean echo = false;
    for (int depth = 0; depth < MAX_SESSIONS; depth++) {
      if (last.exchange() == current) {
        last.add(trail);
        return;
      }
      echo |= last.isUsedBy(current);
      Minting next = last.later();
      if (last.session() == session() || next == null) {
        break;
      }
      last = next;
    }
    if (key.startsWith(ANY + "\0")) {
      known.ambiguous(true);
    } else if (!echo // of what its own request held: what that one is called is known
        && shape.compareTo(Shape.TOKEN) < 0
        && last.session() != session()
        && last.later() == null) {
      last.later(minting(value, shape));
    }
  }

  private Minting minting(String value, Shape shape) {
    return new Minting(current, session(), value, shape, trail);
  }

  private int session() {
    return exchange == null ? 0 : exchange.sessionNumber();
  }

  /** Whether a client could have made the value of what it knew. */
  private boolean isDerived(String value) {
    return isMadeOfChosen(value)
        || isMadeOfChosen(Coding.BASE64.decode(value))
        || isMadeOfChosen(Coding.BASE64URL.decode(value));
  }

  private boolean isMadeOfChosen(@Nullable String text) {
    if (text == null) {
      return false;
    }
    int runs = 0;
    int from = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean inside = i < text.length() && Words.isAlphanumeric(text.charAt(i));
      if (inside && from < 0) {
        from = i;
      } else if (!inside && from >= 0) {
        if (!chosenWords.contains(text.substring(from, i).toLowerCase(Locale.ROOT))) {
          return false;
        }
        runs++;
        from = -1;
      }
    }
    return runs > 0;
  }

  /** A value of a request: one that was minted, or one that the client has chosen. */
  private boolean send(String value) {
    Shape shape = Shape.of(value);
    boolean validator = isValidator();
    if (shape == Shape.NOTHING && !validator) {
      return false;
    }
    boolean isLong = !validator && shape.compareTo(Shape.TOKEN) >= 0;
    boolean found = isLong ? sendLong(value, shape) : sendShort(value);
    if (!found) {
      choose(value, shape);
    }
    return found;
  }

  private boolean sendLong(String value, Shape shape) {
    Minting known = minted.get(value);
    if (known == null) {
      return false;
    }
    FlowConfidence how =
        shape == Shape.RANDOM || isCookie() ? FlowConfidence.PROVEN : FlowConfidence.LIKELY;
    use(known, how, "the same value, " + shape.name().toLowerCase(Locale.ROOT));
    return true;
  }

  private boolean isCookie() {
    String carrier = trail.carrier();
    return carrier != null && carrier.startsWith("cookie:");
  }

  private boolean sendShort(String value) {
    String carrier = trail.carrier();
    if (carrier != null) {
      Minting known = best(carrier + "\0" + value);
      if (known != null) {
        use(known, FlowConfidence.PROVEN, "sent back under its name, " + kindOf(carrier));
        return true;
      }
    }
    for (String kind : trail.kinds()) {
      Minting known = best(kind + "\0" + value);
      if (known != null && agrees(known)) {
        use(known, FlowConfidence.LIKELY, "both are ids of '" + kind + "'");
        return true;
      }
    }
    Minting known = trail.saysId() ? best(ANY + "\0" + value) : null;
    if (known != null && !known.ambiguous()) {
      use(known, FlowConfidence.GUESSED, "a new id, and the only one of that value");
      return true;
    }
    return false;
  }

  private static String kindOf(String carrier) {
    return carrier.substring(0, carrier.indexOf(':'));
  }

  /** Names such as page or count agree by habit; at least one side must say that it is an id. */
  private boolean agrees(Minting known) {
    return (known.id() && trail.saysId()) || known.segment() || trail.segment();
  }

  /** The one of the same session, else the first. */
  private @Nullable Minting best(String key) {
    Minting first = minted.get(key);
    for (Minting one = first; one != null; one = one.later()) {
      if (one.session() == session()) {
        return one;
      }
    }
    return first;
  }

  private void use(Minting known, FlowConfidence how, String why) {
    Place place = trail.place();
    String text = exchange == null ? null : MessageParts.sent(exchange, place.part());
    String coding = text == null ? "plain" : place.coding(text);
    known.used(new FlowUse(current, place, coding), how, why, trail);
  }

  private void choose(String value, Shape shape) {
    String carrier = trail.carrier();
    if (carrier != null) {
      chosen.add(carrier + "\0" + value);
    }
    if (shape.compareTo(Shape.TOKEN) >= 0) {
      chosen.add(value);
    } else if (shape == Shape.SHORT) {
      for (String kind : trail.kinds()) {
        chosen.add(kind + "\0" + value);
      }
      if (trail.saysId()) {
        chosen.add(ANY + "\0" + value);
      }
    }
    if (value.chars().allMatch(c -> Words.isTight((char) c))) {
      for (String run : value.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1)) {
        chosenWords.add(run);
      }
    }
  }

  private List<Flow> flows() {
    Map<String, List<Minting>> groups = new LinkedHashMap<>();
    for (Minting first : minted.values()) {
      for (Minting one = first; one != null; one = one.later()) {
        if (!one.uses().isEmpty() && !isConstant(first)) {
          groups
              .computeIfAbsent(one.exchange() + "\0" + one.value(), unused -> new ArrayList<>())
              .add(one);
        }
      }
    }
    List<Flow> flows = new ArrayList<>();
    for (List<Minting> group : groups.values()) {
      Flow flow = verified(flow(group));
      if (flow != null) {
        flows.add(flow);
      }
    }
    flows.sort(
        Comparator.comparingInt(Flow::mint)
            .thenComparing(flow -> flow.extractors().get(0).toString())
            .thenComparing(Flow::value));
    return flows;
  }

  /**
   * Leaves out places that do not lead to the value, such as one of two cookies of the same name.
   */
  private @Nullable Flow verified(Flow flow) {
    Exchange mint = exchanges.apply(flow.mint());
    List<Place> extractors = new ArrayList<>();
    for (Place place : flow.extractors()) {
      String text = MessageParts.answered(mint, place.part());
      if (text != null && flow.value().equals(place.read(text))) {
        extractors.add(place);
      }
    }
    List<FlowUse> uses = new ArrayList<>();
    for (FlowUse use : flow.uses()) {
      String text = MessageParts.sent(exchanges.apply(use.exchange()), use.place().part());
      if (text != null && flow.value().equals(use.place().read(text))) {
        uses.add(use);
      }
    }
    return extractors.isEmpty() || uses.isEmpty()
        ? null
        : new Flow(flow.mint(), flow.value(), extractors, uses, flow.confidence(), flow.evidence());
  }

  /** What every answer repeats was minted by none of them. */
  private boolean isConstant(Minting known) {
    return !known.returned() && known.answers() >= MIN_REPEATS && known.answers() >= MOST * answers;
  }

  private static Flow flow(List<Minting> group) {
    Map<String, Place> places = new LinkedHashMap<>();
    List<FlowUse> uses = new ArrayList<>();
    Set<String> evidence = new LinkedHashSet<>();
    FlowConfidence confidence = FlowConfidence.GUESSED;
    group.sort(Comparator.comparing(Minting::confidence));
    for (Minting one : group) {
      one.places().forEach(place -> places.putIfAbsent(place.toString(), place));
      uses.addAll(one.uses());
      evidence.addAll(one.evidence());
      confidence = one.confidence().compareTo(confidence) < 0 ? one.confidence() : confidence;
    }
    uses.sort(
        Comparator.comparingInt(FlowUse::exchange).thenComparing(use -> use.place().toString()));
    Minting first = group.get(0);
    return new Flow(
        first.exchange(),
        first.value(),
        List.copyOf(places.values()),
        uses,
        confidence,
        List.copyOf(evidence));
  }
}

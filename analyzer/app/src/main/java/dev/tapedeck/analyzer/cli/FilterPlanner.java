// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.ConnectionInfo;
import dev.tapedeck.analyzer.EventSource;
import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.ExchangeVisitor;
import dev.tapedeck.analyzer.SessionSummary;
import dev.tapedeck.analyzer.session.SessionAnalyzer;
import dev.tapedeck.analyzer.stream.CaptureIndex;
import dev.tapedeck.analyzer.stream.CaptureIndexer;
import dev.tapedeck.analyzer.stream.Channel;
import dev.tapedeck.analyzer.stream.HostTimes;
import dev.tapedeck.format.CaptureEvent;
import dev.tapedeck.format.CaptureReader;
import dev.tapedeck.format.CaptureVisitor;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.DescriptorRef;
import dev.tapedeck.format.EventStamp;
import dev.tapedeck.format.ProcessEvent;
import dev.tapedeck.format.ProcessKey;
import dev.tapedeck.format.Projection;
import dev.tapedeck.format.Role;
import dev.tapedeck.format.StreamEvent;
import dev.tapedeck.format.StreamOwner;
import dev.tapedeck.format.TlsEvent;
import dev.tapedeck.format.TlsSessionId;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a capture without its payload, and finds what belongs to the connections that are asked
 * for.
 */
final class FilterPlanner implements CaptureVisitor {
  private final CaptureIndexer indexer =
      new CaptureIndexer(AnalyzerOptions.defaults().maxReorderBytes());
  private final HostTimes times = new HostTimes();
  private final Map<StreamOwner, Span> spans = new HashMap<>();
  private final Map<TlsSessionId, Set<DescriptorRef>> namedDescriptors = new HashMap<>();
  private final Map<TlsSessionId, Set<ConnectionId>> namedSockets = new HashMap<>();
  private final Map<ProcessKey, ProcessKey> parents = new HashMap<>();

  /** When bytes of an owner moved, and in which process. */
  private static final class Span {
    private final ProcessKey process;
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos = Long.MIN_VALUE;

    Span(ProcessKey process) {
      this.process = process;
    }
  }

  /**
   * Reads the capture and plans.
   *
   * @param source the reader's events
   */
  static FilterPlan plan(
      CaptureReader reader,
      EventSource source,
      TimeOptions time,
      ConnectionCriteria criteria,
      FilterOptions filter)
      throws IOException {
    FilterPlanner planner = new FilterPlanner();
    source.read(Projection.METADATA, planner);
    return planner.plan(
        reader.name(), time, criteria, filter.isGiven() ? sessions(reader, source, filter) : null);
  }

  /** Returns the numbers of the sessions that have an exchange that is meant. */
  static Set<Integer> sessions(CaptureReader reader, EventSource source, FilterOptions filter)
      throws IOException {
    Predicate<Exchange> meant = filter.of(reader);
    Set<Integer> numbers = new HashSet<>();
    new SessionAnalyzer(AnalyzerOptions.defaults())
        .analyze(
            source,
            new ExchangeVisitor() {
              @Override
              public void exchange(Exchange exchange) {
                if (meant.test(exchange)) {
                  numbers.add(exchange.sessionNumber());
                }
              }

              @Override
              public void session(SessionSummary session) {
                // Its exchanges have told.
              }
            });
    return numbers;
  }

  @Override
  public void event(CaptureEvent event) {
    indexer.event(event);
    times.add(event);
    EventStamp stamp = event.stamp();
    if (event instanceof StreamEvent stream && !(event instanceof StreamEvent.CipherRecord)) {
      Span span =
          spans.computeIfAbsent(stream.stream().owner(), unused -> new Span(stamp.process()));
      span.firstNanos = Math.min(span.firstNanos, stamp.exitNanos());
      span.lastNanos = Math.max(span.lastNanos, stamp.exitNanos());
    } else if (event instanceof TlsEvent.Binding binding) {
      namedDescriptors
          .computeIfAbsent(binding.session(), unused -> new HashSet<>())
          .add(binding.descriptor());
      if (binding.connection() != null) {
        namedSockets
            .computeIfAbsent(binding.session(), unused -> new HashSet<>())
            .add(binding.connection());
      }
    } else if (event instanceof ProcessEvent.Fork fork) {
      parents.putIfAbsent(fork.child(), stamp.process());
    }
  }

  private FilterPlan plan(
      String name, TimeOptions time, ConnectionCriteria criteria, @Nullable Set<Integer> sessions)
      throws CommandFailure {
    CaptureIndex index = indexer.finish();
    Set<Integer> missing = criteria.sessionsAbove(index.channels().size());
    if (!missing.isEmpty()) {
      throw new CommandFailure(
          ExitCode.IO,
          "no such session",
          name + " " + missing.iterator().next(),
          "list them with 'analyzer sessions --both-ends'");
    }
    TimeWindow window = time.window(times);
    FilterPlan plan = new FilterPlan(window, !criteria.isGiven() && sessions == null);
    for (Channel channel : index.channels()) {
      Role role = channel.role();
      ConnectionInfo connection =
          channel.info(role == null ? Role.SERVER : role, "", index.clock(channel));
      Channel other = channel.otherEnd();
      int otherNumber = other == null ? 0 : other.number();
      boolean meant =
          sessions == null || sessions.contains(channel.number()) || sessions.contains(otherNumber);
      if (criteria.test(connection, channel.number(), otherNumber, meant)) {
        keep(connection, window, plan);
      }
    }
    return plan;
  }

  private void keep(ConnectionInfo connection, TimeWindow window, FilterPlan plan) {
    TlsSessionId session = connection.tlsSession();
    StreamOwner owner = session != null ? session : connection.connection();
    Span span = owner == null ? null : spans.get(owner);
    if (owner == null
        || span == null
        || !window.overlaps(span.process.hostId(), span.firstNanos, span.lastNanos)) {
      return;
    }
    plan.keepStreams(owner);
    if (connection.connection() != null) {
      plan.keepSocket(connection.connection());
    }
    if (session != null) {
      namedSockets.getOrDefault(session, Set.of()).forEach(plan::keepSocket);
      namedDescriptors.getOrDefault(session, Set.of()).forEach(plan::keepDescriptor);
    }
    plan.keepProcess(span.process);
    ProcessKey parent = parents.get(span.process);
    if (parent != null) {
      plan.keepProcess(parent);
    }
  }
}

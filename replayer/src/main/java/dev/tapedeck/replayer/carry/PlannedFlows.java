// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.carry;

import dev.tapedeck.replayer.flow.Flow;
import dev.tapedeck.replayer.flow.FlowFinder;
import dev.tapedeck.replayer.flow.FlowUse;
import dev.tapedeck.replayer.flow.LiveFlows;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.plan.SkippedExchange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The value flows among the requests of a plan. Numbers are those of the planned requests.
 *
 * <p>What a request that is not sent would have minted cannot be carried over: then the first
 * answer that is awaited and holds the value counts as its mint, and without one the value is sent
 * as recorded.
 *
 * @param plan in which requests wait for the answers that mint what they carry, and keep the
 *     recorded order of reads and writes with others that carry the same, or that concern the same
 *     resource
 * @param flows in the order of their mints
 */
public record PlannedFlows(ReplayPlan plan, List<Flow> flows) {
  public PlannedFlows {
    flows = List.copyOf(flows);
  }

  /** Returns the flows of a plan. */
  public static PlannedFlows of(ReplayPlan plan) {
    List<PlannedRequest> requests = plan.requests();
    List<Flow> flows = new ArrayList<>();
    for (Flow flow : FlowFinder.find(requests.size(), n -> requests.get(n).exchange().whole())) {
      Flow ordered = inOrder(flow);
      if (!ordered.uses().isEmpty()) {
        flows.add(ordered);
      }
    }
    LiveFlows live = new LiveFlows(flows, n -> requests.get(n).exchange().whole());
    Map<Integer, List<ReadsAndWrites>> orders = orders(flows);
    ResourceOrders.addTo(orders, requests);
    return new PlannedFlows(
        plan.withDependencies(
            request -> {
              Set<Integer> waitedFor = live.mintsOf(request.number());
              for (ReadsAndWrites order : orders.getOrDefault(request.number(), List.of())) {
                order.add(request, waitedFor);
              }
              return waitedFor;
            }),
        flows);
  }

  /** Returns in which orders each request stands: one for each value that it carries. */
  private static Map<Integer, List<ReadsAndWrites>> orders(List<Flow> flows) {
    Map<Integer, List<ReadsAndWrites>> orders = new HashMap<>();
    for (Flow flow : flows) {
      ReadsAndWrites order = new ReadsAndWrites();
      flow.uses().stream()
          .filter(use -> !use.inMessage())
          .map(FlowUse::exchange)
          .distinct()
          .forEach(
              number -> orders.computeIfAbsent(number, unused -> new ArrayList<>()).add(order));
    }
    return orders;
  }

  /** Returns a plan without flows: every value is sent as recorded. */
  public static PlannedFlows none(ReplayPlan plan) {
    return new PlannedFlows(plan, List.of());
  }

  /**
   * Returns the flows that cannot be carried over, because what mints their values is not sent.
   * Their mints are the places of the skipped exchanges in the plan.
   */
  public List<Flow> lost() {
    List<PlannedRequest> requests = plan.requests();
    List<SkippedExchange> skipped =
        plan.skipped().stream().filter(one -> one.reason() != SkipReason.INNER_LEG).toList();
    if (skipped.isEmpty()) {
      return List.of();
    }
    int sent = requests.size();
    Set<String> carried = new HashSet<>();
    for (Flow flow : flows) {
      flow.uses().forEach(use -> carried.add(key(use)));
    }
    List<Flow> lost = new ArrayList<>();
    for (Flow flow :
        FlowFinder.find(
            sent + skipped.size(),
            n ->
                n < sent
                    ? requests.get(n).exchange().whole()
                    : skipped.get(n - sent).exchange().whole())) {
      if (flow.mint() >= sent) {
        List<FlowUse> uses =
            flow.uses().stream()
                .filter(use -> use.exchange() < sent && !carried.contains(key(use)))
                .toList();
        int mint = plan.skipped().indexOf(skipped.get(flow.mint() - sent));
        if (!uses.isEmpty()) {
          lost.add(
              new Flow(
                  mint, flow.value(), flow.extractors(), uses, flow.confidence(), flow.evidence()));
        }
      }
    }
    return lost;
  }

  /**
   * Returns the numbers of these requests and of all that they need: the requests whose answers
   * mint what they carry, and what those need in turn.
   */
  public Set<Integer> withNeeds(Collection<Integer> numbers) {
    Set<Integer> needed = new TreeSet<>(numbers);
    int before;
    do {
      before = needed.size();
      // By mints from the last to the first, because most mints' own needs were minted before them;
      // what a conversation needs may have been minted while it went on.
      for (Flow flow : mintsLastFirst()) {
        if (flow.uses().stream().anyMatch(use -> needed.contains(use.exchange()))) {
          needed.add(flow.mint());
        }
      }
    } while (needed.size() > before);
    return needed;
  }

  private List<Flow> mintsLastFirst() {
    return flows.stream().sorted(Comparator.comparingInt(Flow::mint).reversed()).toList();
  }

  private static String key(FlowUse use) {
    return use.exchange() + " " + use.place();
  }

  /** Leaves out uses that the plan sends before the mint, as clocks of several hosts may say. */
  private static Flow inOrder(Flow flow) {
    // A message waits for its values itself, whatever it stands behind was sent before.
    List<FlowUse> uses =
        flow.uses().stream()
            .filter(use -> use.exchange() > flow.mint() || use.inMessage())
            .toList();
    return new Flow(
        flow.mint(), flow.value(), flow.extractors(), uses, flow.confidence(), flow.evidence());
  }
}

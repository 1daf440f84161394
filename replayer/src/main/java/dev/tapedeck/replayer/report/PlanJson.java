// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.flow.Flow;
import dev.tapedeck.replayer.plan.PlannedRequest;
import dev.tapedeck.replayer.plan.ReplayPlan;
import dev.tapedeck.replayer.plan.SkippedExchange;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Plans as JSON; {@code docs/REPLAY.md} describes every field. */
public final class PlanJson {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final double NANOS_PER_MICRO = 1000;

  private PlanJson() {}

  /**
   * Returns the whole plan as one object on several lines.
   *
   * @param lost flows that are not carried over, see {@link PlannedFlows#lost}
   */
  public static String plan(PlannedFlows flows, List<Flow> lost) {
    ReplayPlan plan = flows.plan();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("pace", plan.pace().toString());
    node.put("recorded", plan.recorded());
    node.put("to_send", plan.requests().size());
    ObjectNode skipped = node.putObject("skipped");
    plan.skippedByReason().forEach((why, count) -> skipped.put(why.jsonName(), count));
    node.put("connections", plan.connections().size());
    node.put("duration_us", plan.lastDueNanos() / NANOS_PER_MICRO);
    ArrayNode exchanges = node.putArray("exchanges");
    plan.requests().forEach(request -> exchanges.add(node(request)));
    plan.skipped().forEach(one -> exchanges.add(node(one)));
    node.set("flows", FlowJson.flows(flows, lost));
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
  }

  /** Returns a request as one object on one line. */
  public static String request(PlannedRequest request) {
    return MAPPER.writeValueAsString(node(request));
  }

  /** Returns an exchange that is not sent, as one object on one line. */
  public static String skipped(SkippedExchange skipped) {
    return MAPPER.writeValueAsString(node(skipped));
  }

  private static ObjectNode node(PlannedRequest request) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("exchange_id", request.exchange().id())
        .put("action", "send")
        .put("method", request.exchange().method())
        .put("target", request.exchange().maskedTarget())
        .put("connection", request.connection())
        .put("due_us", request.dueNanos() / NANOS_PER_MICRO)
        .put("pipelined", request.pipelined())
        .put("recorded_bytes", request.exchange().requestBytes())
        .put("incomplete", request.exchange().lacks());
  }

  private static ObjectNode node(SkippedExchange skipped) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("exchange_id", skipped.exchange().id())
        .put("action", "skip")
        .put("method", skipped.exchange().method())
        .put("target", skipped.exchange().maskedTarget())
        .put("reason", skipped.reason().jsonName());
  }
}

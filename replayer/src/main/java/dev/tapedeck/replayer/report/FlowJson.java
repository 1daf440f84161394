// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.replayer.carry.PlannedFlows;
import dev.tapedeck.replayer.flow.Flow;
import dev.tapedeck.replayer.flow.FlowUse;
import dev.tapedeck.replayer.plan.PlannedRequest;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Value flows as JSON, without the values; {@code docs/FLOWS.md} describes every field. */
final class FlowJson {
  private FlowJson() {}

  static ArrayNode flows(PlannedFlows flows, List<Flow> lost) {
    List<PlannedRequest> requests = flows.plan().requests();
    ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
    for (Flow flow : flows.flows()) {
      nodes.add(node(flow, requests.get(flow.mint()).exchange().id(), requests, true));
    }
    for (Flow flow : lost) {
      String mint = flows.plan().skipped().get(flow.mint()).exchange().id();
      nodes.add(node(flow, mint, requests, false));
    }
    return nodes;
  }

  private static ObjectNode node(
      Flow flow, String mintId, List<PlannedRequest> requests, boolean carried) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ObjectNode mint = node.putObject("mint");
    mint.put("exchange_id", mintId);
    mint.put("extractor", flow.extractors().get(0).toString());
    ArrayNode fallbacks = mint.putArray("fallbacks");
    flow.extractors().stream().skip(1).forEach(place -> fallbacks.add(place.toString()));
    ArrayNode uses = node.putArray("uses");
    for (FlowUse use : flow.uses()) {
      uses.addObject()
          .put("exchange_id", requests.get(use.exchange()).exchange().id())
          .put("place", use.place().toString())
          .put("encoding", use.coding());
    }
    node.put("shape", flow.shape());
    node.put("confidence", flow.confidence().jsonName());
    ArrayNode evidence = node.putArray("evidence");
    flow.evidence().forEach(evidence::add);
    node.put("carried", carried);
    return node;
  }
}

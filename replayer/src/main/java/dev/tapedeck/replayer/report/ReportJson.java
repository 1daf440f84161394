// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import dev.tapedeck.replayer.diff.Difference;
import dev.tapedeck.replayer.plan.SelectedExchange;
import dev.tapedeck.replayer.plan.SkipReason;
import dev.tapedeck.replayer.plan.SkippedExchange;
import dev.tapedeck.replayer.result.DifferenceGroup;
import dev.tapedeck.replayer.result.ExchangeDifference;
import dev.tapedeck.replayer.result.FailureReason;
import dev.tapedeck.replayer.result.NoisyField;
import dev.tapedeck.replayer.result.PaceReport;
import dev.tapedeck.replayer.result.Quantiles;
import dev.tapedeck.replayer.result.ReplayReport;
import dev.tapedeck.replayer.result.RequestResult;
import dev.tapedeck.replayer.result.SlowEndpoint;
import dev.tapedeck.replayer.rules.CountedRule;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Results as JSON; {@code docs/REPLAY.md} describes every field. */
public final class ReportJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final double NANOS_PER_MICRO = 1000;

  private ReportJson() {}

  /** Returns the whole report as one object on several lines. */
  public static String report(ReplayReport report) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node(report));
  }

  /** Returns one result as one object on one line. */
  public static String result(RequestResult result) {
    return MAPPER.writeValueAsString(node(result));
  }

  /** Returns an exchange that was not even planned, as one object on one line. */
  public static String skipped(SkippedExchange skipped) {
    ObjectNode node = exchange(skipped.exchange());
    node.put("outcome", "skipped");
    node.put("reason", skipped.reason().jsonName());
    return MAPPER.writeValueAsString(node);
  }

  private static ObjectNode node(ReplayReport report) {
    ObjectNode node = NODES.objectNode();
    node.put("target", report.target().toString());
    node.put("recorded", report.recorded());
    node.put("sent", report.sent());
    ObjectNode skipped = node.putObject("skipped");
    report.skipped().forEach((SkipReason why, Integer n) -> skipped.put(why.jsonName(), n));
    ObjectNode failed = node.putObject("failed");
    report.failed().forEach((FailureReason why, Integer n) -> failed.put(why.jsonName(), n));
    node.put("stopped", report.stopped() == null ? null : report.stopped().jsonName());
    node.put("compared", report.compared());
    node.put("equal", report.equal());
    node.put("different", report.different());
    ObjectNode notCompared = node.putObject("not_compared");
    report.notCompared().forEach(notCompared::put);
    node.put("ignored", report.ignored());
    node.put("connections_recorded", report.connectionsRecorded());
    node.put("connections_opened", report.connectionsOpened());
    node.put("connections_reopened", report.connectionsReopened());
    node.put("duration_us", report.durationNanos() / NANOS_PER_MICRO);
    node.set("pace", pace(report.pace()));
    ObjectNode latency = node.putObject("latency_us");
    latency.set("from_due", quantiles(report.latencyFromDue()));
    latency.set("from_sent", quantiles(report.latencyFromSent()));
    ArrayNode differences = node.putArray("differences");
    for (ExchangeDifference one : report.differences()) {
      differences.add(difference(one.exchange().id(), one.difference()));
    }
    ArrayNode groups = node.putArray("groups");
    report.findings().groups().forEach(group -> groups.add(group(group)));
    ArrayNode slow = node.putArray("slow_endpoints");
    for (SlowEndpoint one : report.findings().slow()) {
      slow.addObject()
          .put("endpoint", one.endpoint())
          .put("answers", one.answers())
          .put("baseline_p50_us", one.baselineP50Micros())
          .put("actual_p50_us", one.actualP50Micros())
          .put("limit_us", one.limitMicros());
    }
    ArrayNode noise = node.putArray("noise");
    for (NoisyField one : report.findings().noise()) {
      noise.addObject().put("rule", one.rule()).put("applied", one.applied());
    }
    ObjectNode notes = node.putObject("notes");
    report.notes().forEach((id, texts) -> texts.forEach(notes.putArray(id)::add));
    ArrayNode unused = node.putArray("unused_rules");
    for (CountedRule rule : report.unusedRules()) {
      unused
          .addObject()
          .put("file", rule.at().file())
          .put("line", rule.at().line())
          .put("rule", rule.description());
    }
    return node;
  }

  private static ObjectNode group(DifferenceGroup group) {
    ObjectNode node =
        NODES
            .objectNode()
            .put("endpoint", group.endpoint())
            .put("path", group.path())
            .put("kind", group.kind().jsonName())
            .put("change", group.change().jsonName())
            .put("differences", group.differences())
            .put("exchanges", group.exchanges());
    ArrayNode samples = node.putArray("samples");
    for (ExchangeDifference one : group.samples()) {
      samples.add(difference(one.exchange().id(), one.difference()));
    }
    return node;
  }

  private static ObjectNode pace(PaceReport pace) {
    ObjectNode node = NODES.objectNode();
    node.put("requested", pace.pace().toString());
    node.put("scheduled_rate", pace.scheduledRate());
    node.put("achieved_rate", pace.achievedRate());
    node.set("lateness_us", quantiles(pace.lateness()));
    node.set("blocked_us", quantiles(pace.blocked()));
    node.put("drift_us", pace.driftMicros());
    return node;
  }

  private static ObjectNode quantiles(Quantiles quantiles) {
    boolean known = quantiles.count() > 0;
    return NODES
        .objectNode()
        .put("count", quantiles.count())
        .put("p50", known ? quantiles.p50() : null)
        .put("p90", known ? quantiles.p90() : null)
        .put("p99", known ? quantiles.p99() : null)
        .put("max", known ? quantiles.max() : null);
  }

  private static ObjectNode difference(String exchangeId, Difference difference) {
    return NODES
        .objectNode()
        .put("exchange_id", exchangeId)
        .put("path", difference.path())
        .put("kind", difference.kind().jsonName())
        .put("change", difference.change().jsonName())
        .put("baseline", difference.baseline())
        .put("actual", difference.actual());
  }

  private static ObjectNode node(RequestResult result) {
    ObjectNode node = exchange(result.request().exchange());
    String reason = null;
    String outcome = "sent";
    if (result.skipped() != null) {
      outcome = "skipped";
      reason = result.skipped().jsonName();
    } else if (result.failed() != null) {
      outcome = "failed";
      reason = result.failed().jsonName();
    }
    node.put("outcome", outcome);
    node.put("reason", reason);
    node.put("connection", result.request().connection());
    node.put("due_us", result.request().dueNanos() / NANOS_PER_MICRO);
    node.put("ready_us", micros(result.readyNanos()));
    node.put("sent_us", micros(result.sentNanos()));
    node.put("lateness_us", micros(result.latenessNanos()));
    node.put("blocked_us", micros(result.blockedNanos()));
    node.put("first_byte_us", micros(result.firstByteNanos()));
    node.put("ended_us", micros(result.endedNanos()));
    ArrayNode differences = node.putArray("differences");
    if (result.comparison() != null) {
      for (Difference one : result.comparison().differences()) {
        differences.add(difference(result.request().exchange().id(), one));
      }
    }
    return node;
  }

  private static ObjectNode exchange(SelectedExchange exchange) {
    return NODES
        .objectNode()
        .put("exchange_id", exchange.id())
        .put("method", exchange.method())
        .put("target", exchange.maskedTarget());
  }

  private static @Nullable Double micros(@Nullable Long nanos) {
    return nanos == null ? null : nanos / NANOS_PER_MICRO;
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.mock.server;

import dev.tapedeck.replayer.mock.Miss;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a miss is answered with. */
final class MissBody {
  /** Not one that clients try again for (RFC 9110, section 15.6.2). */
  static final int STATUS = 501;

  private static final JsonMapper JSON = new JsonMapper();

  private MissBody() {}

  static byte[] of(Miss miss) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("error", "no_recorded_answer");
    body.put("reason", miss.reason().jsonName());
    body.put("explanation", miss.reason().sentence());
    body.put("method", miss.method());
    body.put("url", miss.url());
    if (miss.nearestId() == null) {
      body.putNull("nearest");
    } else {
      ObjectNode nearest = body.putObject("nearest");
      nearest.put("exchange_id", miss.nearestId());
      nearest.put("method", miss.nearestMethod());
      nearest.put("url", miss.nearestUrl());
      ArrayNode fields = nearest.putArray("differs");
      for (Miss.Field field : miss.fields()) {
        fields
            .addObject()
            .put("field", field.path())
            .put("recorded", field.recorded())
            .put("actual", field.actual());
      }
    }
    return JSON.writeValueAsBytes(body);
  }
}

// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Anomaly;
import dev.tapedeck.analyzer.AnomalyKind;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.Direction;
import dev.tapedeck.format.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes against the role that the kernel told. */
class RoleContradictionTest {
  private static final String GET = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

  private static Session only(EventList events) {
    List<Session> sessions = Analyses.analyzeEachEnd(events.events());
    assertThat(sessions).hasSize(1);
    return sessions.get(0);
  }

  @Test
  void acceptedConnection_onWhichTheProcessAsks_isReadAsTheBytesShow() {
    Session session =
        only(
            new EventList()
                .accept(EventList.socket(1), 5)
                .data(EventList.socket(1), Direction.EGRESS, 0, GET)
                .data(EventList.socket(1), Direction.INGRESS, 0, OK)
                .close(EventList.socket(1), 5));
    assertThat(Analyses.render(List.of(session))).isEqualTo("1.1 GET /a > 200 'ok'\n");
    assertThat(session.connection().role()).isEqualTo(Role.CLIENT);
    assertThat(session.anomalies())
        .contains(new Anomaly(AnomalyKind.ROLE_CONTRADICTION, "recorded as server"));
  }

  @Test
  void acceptedConnection_onWhichTheProcessAnswers_isAsRecorded() {
    Session session =
        only(
            new EventList()
                .accept(EventList.socket(1), 5)
                .data(EventList.socket(1), Direction.INGRESS, 0, GET)
                .data(EventList.socket(1), Direction.EGRESS, 0, OK)
                .close(EventList.socket(1), 5));
    assertThat(session.connection().role()).isEqualTo(Role.SERVER);
    assertThat(session.anomalies()).isEmpty();
  }

  /** What begins in a body may quote anything. */
  @Test
  void connectionJoinedLate_bodyThatQuotesARequest_isAsRecorded() {
    Session session =
        only(
            new EventList()
                .existing(EventList.socket(1), 5, Role.SERVER)
                .data(EventList.socket(1), Direction.EGRESS, 0, GET)
                .data(EventList.socket(1), Direction.INGRESS, 0, GET)
                .data(EventList.socket(1), Direction.EGRESS, GET.length(), OK)
                .close(EventList.socket(1), 5));
    assertThat(session.connection().role()).isEqualTo(Role.SERVER);
    assertThat(session.anomalies()).noneMatch(odd -> odd.kind() == AnomalyKind.ROLE_CONTRADICTION);
  }

  @Test
  void connectionJoinedLate_bothDirectionsContradict_isReadAsTheBytesShow() {
    Session session =
        only(
            new EventList()
                .existing(EventList.socket(1), 5, Role.SERVER)
                .data(EventList.socket(1), Direction.EGRESS, 0, GET)
                .data(EventList.socket(1), Direction.INGRESS, 0, OK)
                .close(EventList.socket(1), 5));
    assertThat(Analyses.render(List.of(session))).isEqualTo("1.1 GET /a > 200 'ok'\n");
    assertThat(session.connection().role()).isEqualTo(Role.CLIENT);
  }
}

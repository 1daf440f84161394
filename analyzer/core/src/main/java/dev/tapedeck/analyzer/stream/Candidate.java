// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.LinkEvidence.Side;
import dev.tapedeck.format.ConnectionId;
import dev.tapedeck.format.TlsEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A socket that a session may have used, with all that speaks for it. */
final class Candidate {
  /** One record may be taken for another by chance or by a copy; two of them are not. */
  private static final int MIN_PROVING_RECORDS = 2;

  final ConnectionId socket;
  private final boolean memory;
  private BindingFacts.@Nullable Said named;
  private BindingFacts.@Nullable Said sends;
  private BindingFacts.@Nullable Said receives;
  private CipherEvidence.@Nullable Matches records;

  /**
   * Makes one that nothing speaks for yet.
   *
   * @param memory whether the program carries the session's ciphertext itself, so that a socket
   *     call inside one of the session's calls is none of the session's
   */
  Candidate(ConnectionId socket, boolean memory) {
    this.socket = socket;
    this.memory = memory;
  }

  /** Takes that the process named the socket, and that this held when bytes moved. */
  void named(BindingFacts.Said said) {
    named = named == null || said.evidence.compareTo(named.evidence) < 0 ? said : named;
  }

  void nested(BindingFacts.Said said) {
    if (said.evidence == TlsEvent.Evidence.NESTED_SEND) {
      sends = earlier(sends, said);
    } else {
      receives = earlier(receives, said);
    }
  }

  private static BindingFacts.Said earlier(
      BindingFacts.@Nullable Said known, BindingFacts.Said said) {
    return known == null || said.firstNanos < known.firstNanos ? said : known;
  }

  void records(CipherEvidence.Matches matches) {
    records = matches;
  }

  private boolean nestedProves() {
    return sends != null && receives != null && !memory;
  }

  private boolean recordsProve() {
    CipherEvidence.Matches matches = records;
    return matches != null && matches.count() >= MIN_PROVING_RECORDS;
  }

  /** Returns whether nothing but the number of a descriptor speaks for it. */
  boolean isLookedUp() {
    return named != null
        && named.connection == null
        && sends == null
        && receives == null
        && records == null;
  }

  /** Returns whether anything speaks for it that would prove the link alone. */
  boolean isProven() {
    return named != null || nestedProves() || recordsProve();
  }

  /**
   * Returns whether this one is the session's in spite of the other: whatever would prove the
   * other, proves this one too, and something speaks for this one alone.
   */
  boolean prevailsOver(Candidate other) {
    return (named != null || other.named == null)
        && (nestedProves() || !other.nestedProves())
        && (recordsProve() || !other.recordsProve())
        && weight() > other.weight();
  }

  /** Naming proves more than nesting, nesting more than records, both directions more than one. */
  int weight() {
    CipherEvidence.Matches matches = records;
    int ofRecords =
        matches == null ? 0 : Math.min(matches.count(), 9) + (matches.bothDirections() ? 10 : 0);
    int ofNested = (sends != null ? 100 : 0) + (receives != null ? 100 : 0);
    return (named != null ? 10_000 : 0) + (memory ? ofNested / 200 : 10 * ofNested) + ofRecords;
  }

  Link.Method method() {
    if (named != null) {
      return Link.Method.SET_FD;
    }
    boolean nested = sends != null || receives != null;
    return nested && !(memory && records != null) && !(recordsProve() && !nestedProves())
        ? Link.Method.NESTED_CALL
        : Link.Method.CIPHERTEXT;
  }

  /** Returns a sentence without its end about what shows the link best. */
  String reason() {
    return switch (method()) {
      case SET_FD ->
          "The process named descriptor "
              + (named == null ? -1 : named.descriptor.fd())
              + " to the TLS library, which was socket "
              + socket.socket();
      case NESTED_CALL ->
          (sends == null ? "Receives" : receives == null ? "Sends" : "Sends and receives")
              + " on socket "
              + socket.socket()
              + " happened inside the session's calls on the same thread";
      default -> {
        int count = records == null ? 0 : records.count();
        yield count
            + (count == 1 ? " TLS record" : " TLS records")
            + " of the session went through socket "
            + socket.socket()
            + ": their ciphertext begins with the same bytes";
      }
    };
  }

  /** Returns what speaks for it, piece by piece. */
  List<Weighed> evidence(Side side) {
    List<Weighed> list = new ArrayList<>(3);
    for (BindingFacts.Said said : new BindingFacts.@Nullable Said[] {named, sends, receives}) {
      if (said != null) {
        list.add(new Weighed(side, said.firstNanos, describe(said, socket)));
      }
    }
    CipherEvidence.Matches matches = records;
    if (matches != null) {
      list.add(
          new Weighed(
              side,
              matches.firstNanos(),
              Weighed.count(matches.count(), "TLS record")
                  + " seen on socket "
                  + socket.socket()
                  + " and inside the session"
                  + (matches.bothDirections() ? ", in both directions." : ".")));
    }
    return list;
  }

  static String describe(BindingFacts.Said said, ConnectionId socket) {
    String of = " socket " + socket.socket();
    String times = said.count > 1 ? ", " + said.count + " times." : ".";
    return switch (said.evidence) {
      case SET_FD -> "SSL_set_fd named descriptor " + said.descriptor.fd() + "," + of + times;
      case SET_RFD -> "SSL_set_rfd named descriptor " + said.descriptor.fd() + "," + of + times;
      case SET_WFD -> "SSL_set_wfd named descriptor " + said.descriptor.fd() + "," + of + times;
      case BIO -> "SSL_set_bio gave a BIO of descriptor " + said.descriptor.fd() + "," + of + times;
      case NESTED_SEND -> "A call of the session sent on" + of + times;
      case NESTED_RECEIVE -> "A call of the session received on" + of + times;
    };
  }
}

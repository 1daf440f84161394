// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Damage;
import java.io.IOException;

/** Receives what an analysis finds, on the thread that runs it. */
public interface SessionVisitor {
  /** A session whose connection ended, or the capture did; sessions come in ascending number. */
  void session(Session session) throws IOException;

  /** A part of a source that could not be read; its events are gaps. */
  default void damage(Damage damage) throws IOException {}
}

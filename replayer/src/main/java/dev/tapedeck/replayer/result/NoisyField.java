// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.result;

/**
 * A rule about what changes that was not written by people but found: it applied this often.
 *
 * @param rule what it is about, without any value
 * @param applied to how many answers
 */
public record NoisyField(String rule, long applied) {}

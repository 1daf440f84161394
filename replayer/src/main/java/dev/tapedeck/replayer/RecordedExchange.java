// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

/**
 * A recorded request with its answer, as tests name it.
 *
 * @param id as the analyzer shows it, such as {@code 3.1}; with several captures {@code
 *     capture:id}, captures from 1
 * @param title method and target, secrets masked and control characters escaped
 */
public record RecordedExchange(String id, String title) {}

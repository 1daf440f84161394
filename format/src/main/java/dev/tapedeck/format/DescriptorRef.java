// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * A file descriptor of a process at some moment.
 *
 * @param process the process
 * @param fd descriptor number; −1 when not known
 */
public record DescriptorRef(ProcessKey process, int fd) {}

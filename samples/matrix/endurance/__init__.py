# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What a recorder must stand, and what its targets must not notice; on the peers of the TLS matrix."""

/** What one crash is: joins what storage, kubelet and agents say of it, and groups by exit code. */
package io.crashmonitor.operator.crash;

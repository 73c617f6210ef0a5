/**
 * Storage: the budget's ledger, dumps and reports in Azure Blob Storage, read and written away from
 * the reconciler. Only {@link io.crashmonitor.operator.storage.BlobDumpStore} and {@link
 * io.crashmonitor.operator.storage.AzureDumpStores} know Azure's library.
 */
package io.crashmonitor.operator.storage;

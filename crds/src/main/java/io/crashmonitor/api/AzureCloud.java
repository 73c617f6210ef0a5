package io.crashmonitor.api;

/** The Azure cloud a storage account lives in; decides the endpoint's suffix. */
public enum AzureCloud {
  Public,
  USGov,
  China
}

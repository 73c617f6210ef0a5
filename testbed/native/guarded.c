/*
 * guarded.exe: lives, and lets nobody debug it or ask it much, as a process of another user. Test code.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <aclapi.h>
#include <sddl.h>
#include <stdio.h>

int wmain(void) {
    PSECURITY_DESCRIPTOR descriptor;
    /* Everyone: SYNCHRONIZE and PROCESS_QUERY_LIMITED_INFORMATION. */
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:P(A;;0x101000;;;WD)", SDDL_REVISION_1, &descriptor, NULL))
        return 1;
    if (!SetKernelObjectSecurity(GetCurrentProcess(), DACL_SECURITY_INFORMATION, descriptor)) return 2;
    puts("guarded");
    fflush(stdout);
    Sleep(INFINITE);
    return 0;
}

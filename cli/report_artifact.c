#include "cli/report_artifact.h"

#include "cli/report/report_json.h"

bool report_of_artifact(const struct artifact *artifact, struct report *ret)
{
    static const char member[] = "report.json";
    struct span text;
    switch (artifact_member(artifact, member, &text)) {
    case ARTIFACT_FOUND:
        break;
    case ARTIFACT_ABSENT:
        if (!artifact_need_member(artifact, member, &text))
            diag_hint(artifact->diags, "build it again: it was written by an older imgbuild");
        return false;
    case ARTIFACT_FAILED:
        return false;
    }
    return report_json_read(text, artifact_pos(artifact, member), artifact->arena, ret,
                            artifact->diags);
}

#include "cli/report_artifact.h"

#include "cli/report_json.h"

bool report_of_artifact(struct invocation *invocation, const struct artifact *artifact,
                        struct report *ret)
{
    static const char member[] = "report.json";
    struct span text;
    return artifact_need_member(invocation, artifact, member, &text) &&
           report_json_read(text, artifact_pos(invocation, artifact, member), invocation->arena,
                            ret, invocation->diags);
}

/* SPDX-License-Identifier: MIT */
/* shmrun doctor: what this machine offers, and what follows if it does not. */
#include "cli/cmd.h"

#include "base/sys.h"
#include "cli/complain.h"
#include "cli/facts.h"
#include "report/visible.h"

#include <unistd.h>

static void doctor_add(struct str *out, const struct fact *fact)
{
	struct str found = STR_INIT;
	bool ok = fact->find(&found);

	str_addf(out, "%s  %-14s  ", ok ? "ok" : "no", fact->name);
	visible_add(out, str_get(&found));
	if (!ok && *fact->without)
		str_addf(out, "; %s", fact->without);
	str_add(out, "\n");
	str_fini(&found);
}

int cmd_doctor(const struct options *o)
{
	struct str out = STR_INIT;
	const struct fact *fact;
	int code;

	(void)o;
	for (fact = fact_table; fact->name; fact++)
		doctor_add(&out, fact);
	code = sys_write_all(STDOUT_FILENO, str_get(&out), out.len);
	str_fini(&out);
	return complain_written(code, "what was found");
}

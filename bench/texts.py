"""What the invented people of the benchmark write: sentences and names of our own, Japanese and English."""

FAMILIES = ("田中", "鈴木", "佐藤", "高橋", "渡辺", "伊藤", "山本", "中村", "小林", "加藤")
GIVEN = ("一郎", "花子", "健太", "美咲", "翔", "由美", "直樹", "恵", "大輔", "さくら")
LATIN = ("Tanaka", "Suzuki", "Sato", "Takahashi", "Watanabe", "Ito", "Yamamoto", "Nakamura", "Kobayashi", "Kato")

ENGLISH_SUBJECTS = (
    "Question about our order",
    "Visit on Thursday",
    "Delivery to the Osaka branch",
    "Price list for spring",
    "Samples for the trade fair",
    "Change of address",
    "Manual for the new model",
    "Invoice of last month",
)
JAPANESE_SUBJECTS = (
    "お見積りのお願い",
    "納期についてのご相談",
    "先日のお打ち合わせの件",
    "資料送付のお願い",
    "訪問日時のご確認",
    "ご注文内容の確認について",
    "新製品のお問い合わせ",
    "請求書の宛名について",
)
ENGLISH = (
    "Thank you for the samples that you sent us last week.",
    "We would like to have forty more of them before the end of the month.",
    "Could you tell us whether the blue ones are still made?",
    "Our branch in Osaka takes over the planning from April.",
    "The manual says that the cover opens to the left, but ours opens to the right.",
    "Please send the invoice to the address below and a copy to me.",
    "On Thursday I am in your town anyway and could come by in the afternoon.",
    "The number of the order is on the second page of the attached list.",
    "We compared three makers, and yours is the only one that fits our shelves.",
    "If the lorry comes before nine, the gate on the north side is open.",
    "My colleague will be on leave then, so please answer to all of us.",
    "It worked well for two years, and since Monday the lamp stays dark.",
)
JAPANESE = (
    "いつも大変お世話になっております。",
    "先週お送りいただいた見本の件でご連絡いたしました。",
    "月末までにあと四十個ほど追加でお願いできますでしょうか。",
    "青色のものはまだ製造されているか、お教えください。",
    "四月より大阪支店が計画を引き継ぐことになりました。",
    "説明書では左に開くとありますが、手元の品は右に開きます。",
    "請求書は下記の住所宛てにお送りいただけますと幸いです。",
    "木曜日の午後でしたら、こちらからお伺いすることも可能です。",
    "ご注文番号は添付した一覧の二枚目に記載しております。",
    "三社を比べた結果、棚に合うのは御社の製品だけでした。",
    "朝九時より前でしたら、北側の門が開いております。",
    "お忙しいところ恐れ入りますが、ご確認のほどよろしくお願いいたします。",
)
